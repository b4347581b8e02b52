import { describe, expect, it } from '@jest/globals'
import { unstoredFields } from '../../../src/engine/stored-source.js'

const NAMES = ['title', 'body', 'meta.title']

describe('unstoredFields', () => {
  it.each([
    [undefined, []],
    [{}, []],
    [{ enabled: false }, NAMES],
    [{ excludes: ['body'] }, ['body']],
    [{ excludes: ['b*', 'tit'] }, ['body']],
    [{ excludes: ['meta'] }, ['meta.title']],
    [{ excludes: ['*.title'] }, ['meta.title']],
    [{ includes: ['title', 'meta.*'] }, ['body']],
    [{ includes: ['*'], excludes: ['title'] }, ['title']],
  ])('of _source %j are %j', (rule, names) => {
    expect(unstoredFields({ ...(rule && { _source: rule }) }, NAMES)).toEqual(names)
  })
})
