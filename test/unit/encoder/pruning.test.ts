import { describe, expect, it } from '@jest/globals'
import { normalizePruneOptions, prune, type PruneOptions } from '../../../src/encoder/pruning.js'
import { ConfigurationError } from '../../../src/errors.js'

const vector = new Map([
  ['a', 4],
  ['b', 2],
  ['c', 1],
  ['d', 0.4],
])
const kept = (options: PruneOptions) => [...prune(vector, options).keys()].join('')

describe('prune', () => {
  it('keeps everything without rules', () => {
    expect(prune(vector, {})).toBe(vector)
  })

  it.each([
    [{ maxRatio: 0 }, 'abcd'],
    [{ maxRatio: 0.1 }, 'abcd'],
    [{ maxRatio: 0.25 }, 'abc'],
    [{ maxRatio: 1 }, 'a'],
    [{ topK: 1 }, 'a'],
    [{ topK: 3 }, 'abc'],
    [{ topK: 9 }, 'abcd'],
    [{ minWeight: 1 }, 'abc'],
    [{ minWeight: 1.01 }, 'ab'],
    [{ minWeight: 5 }, ''],
    // 4 + 2 + 1 + 0.4 = 7.4
    [{ alphaMass: 1 }, 'abcd'],
    [{ alphaMass: 0.95 }, 'abc'],
    [{ alphaMass: 0.6 }, 'a'],
    [{ alphaMass: 0.5 }, ''],
    [{ maxRatio: 0.25, topK: 2 }, 'ab'],
    [{ topK: 3, minWeight: 2 }, 'ab'],
  ])('keeps by %j the terms %j', (options, expected) => {
    expect(kept(options)).toBe(expected)
  })

  it('takes an empty vector', () => {
    expect(prune(new Map(), { maxRatio: 0.5 }).size).toBe(0)
  })

  it('leaves the order and the weights as they are', () => {
    expect([...prune(vector, { topK: 2 })]).toEqual([
      ['a', 4],
      ['b', 2],
    ])
  })
})

describe('normalizePruneOptions', () => {
  it.each([
    [{ maxRatio: -0.1 }, 'maxRatio'],
    [{ maxRatio: 1.1 }, 'maxRatio'],
    [{ maxRatio: NaN }, 'maxRatio'],
    [{ alphaMass: 2 }, 'alphaMass'],
    [{ topK: 0 }, 'topK'],
    [{ topK: 1.5 }, 'topK'],
    [{ minWeight: 0 }, 'minWeight'],
    [{ minWeight: Infinity }, 'minWeight'],
  ])('refuses %j by the name of the option', (options, name) => {
    expect(() => normalizePruneOptions(options)).toThrow(ConfigurationError)
    expect(() => normalizePruneOptions(options)).toThrow(new RegExp(name))
  })

  it('does not change the object it is given', () => {
    const given = { topK: 3 }
    expect(normalizePruneOptions(given)).toEqual({ topK: 3 })
    expect(Object.isFrozen(given)).toBe(false)
  })
})
