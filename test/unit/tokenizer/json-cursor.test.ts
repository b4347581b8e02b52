import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { cursor } from './layouts.js'

describe('JsonCursor', () => {
  it('reads values along a path', () => {
    const root = cursor({ model: { type: 'BPE', dropout: null, merges: ['a b'], size: 3, ok: true } })
    expect(root.at('model').at('type').string()).toBe('BPE')
    expect(root.at('model').at('merges').items()[0]?.string()).toBe('a b')
    expect(root.at('model').at('size').natural()).toBe(3)
    expect(root.at('model').at('ok').boolean()).toBe(true)
    expect(root.at('model').at('dropout').isPresent).toBe(false)
  })

  it('gives the fallback only where nothing stands', () => {
    expect(cursor({}).at('x').string('none')).toBe('none')
    expect(cursor({ x: null }).at('x').boolean(true)).toBe(true)
    expect(cursor({ x: false }).at('x').boolean(true)).toBe(false)
    expect(cursor({}).at('x').number(1.5)).toBe(1.5)
    expect(cursor({}).at('x').items()).toEqual([])
  })

  it('goes on below what is missing', () => {
    expect(cursor({}).at('a').at('b').isPresent).toBe(false)
  })

  it('does not take inherited properties for keys', () => {
    expect(cursor({}).at('constructor').isPresent).toBe(false)
  })

  it.each([
    [{ a: { b: [1, 'x'] } }, 'tokenizer.json: a.b[1] must be a number, found "x"'],
    [{ a: { b: [1, {}] } }, 'tokenizer.json: a.b[1] must be a number, found an object with no keys'],
    [{ a: { b: [1, [2, 3]] } }, 'tokenizer.json: a.b[1] must be a number, found an array of 2'],
    [{ a: { b: [1, null] } }, 'tokenizer.json: a.b[1] must be a number, found null'],
  ])('names the path, the rule and what was found in %j', (value, message) => {
    const item = cursor(value).at('a').at('b').items()[1]
    expect(() => item?.number()).toThrow(new ModelError(message))
  })

  it.each([
    ['string', 'must be a string'],
    ['boolean', 'must be true or false'],
    ['natural', 'must be a number'],
    ['object', 'must be an object'],
    ['array', 'must be an array'],
  ] as const)('refuses nothing as %s', (kind, rule) => {
    expect(() => cursor({}).at('x')[kind]()).toThrow(`tokenizer.json: x ${rule}, found nothing`)
  })

  it.each([-1, 1.5])('refuses %p as a whole number from 0', (value) => {
    expect(() => cursor({ x: value }).at('x').natural()).toThrow('must be a whole number from 0')
  })

  it('shortens long values', () => {
    expect(() => cursor('y'.repeat(1000)).boolean()).toThrow(/^.{1,200}$/)
  })
})
