import { describe, expect, it } from '@jest/globals'
import { globMatches, globsOverlap } from '../../../../src/proxy/http/glob.js'

describe('globMatches', () => {
  it.each([
    ['', '', true],
    ['*', '', true],
    ['a*', 'a', true],
    ['a*b', 'axxb', true],
    ['a*b', 'axxbc', false],
    ['*a*b*', 'xaxbx', true],
    ['a*', '*', false],
    ['a*', 'a*', true],
    ['.*', 'ab', false],
  ])('%j takes %j: %s', (pattern, text, expected) => {
    expect(globMatches(pattern, text)).toBe(expected)
  })
})

describe('globsOverlap', () => {
  it.each([
    ['a*', '*b', true],
    ['a*', 'b*', false],
    ['a*c', 'ab*', true],
    ['*', '', true],
    ['ab', 'ab', true],
    ['ab', 'abc', false],
    ['*x*', 'a*', true],
    ['a*b', 'a*c', false],
    ['', '**', true],
  ])('%j and %j: %s', (one, other, expected) => {
    expect(globsOverlap(one, other)).toBe(expected)
    expect(globsOverlap(other, one)).toBe(expected)
  })

  it('says what trying all short texts says', () => {
    const texts = [
      '',
      'a',
      'b',
      'aa',
      'ab',
      'ba',
      'bb',
      'aab',
      'aba',
      'abb',
      'bab',
      'aaa',
      'bbb',
      'baa',
      'bba',
    ]
    const patterns = ['a*', '*a', '*', 'a', 'b*', '*b*', 'a*b', 'b*a', 'ab']
    for (const one of patterns)
      for (const other of patterns) {
        const common = texts.some((text) => globMatches(one, text) && globMatches(other, text))
        expect([one, other, globsOverlap(one, other)]).toEqual([one, other, common])
      }
  })
})
