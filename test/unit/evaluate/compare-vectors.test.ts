import { describe, expect, it } from '@jest/globals'
import { compareVectors, readableVector } from '../../../src/evaluate/compare-vectors.js'

describe('compareVectors', () => {
  const a = new Map([
    ['car', 2],
    ['gone', 1],
    ['same', 1],
  ])
  const b = new Map([
    ['car', 1],
    ['same', 1],
    ['new', 2],
  ])

  it('tells what appeared, disappeared and changed its part of the vector', () => {
    expect(compareVectors(a, b, 10)).toEqual({
      appeared: [{ token: 'new', b: 2, shareChange: 0.5 }],
      disappeared: [{ token: 'gone', a: 1, shareChange: -0.25 }],
      changed: [{ token: 'car', a: 2, b: 1, shareChange: -0.25 }],
    })
  })

  it('lists the greatest change first, equal ones by token, as many as asked for', () => {
    const many = new Map([
      ['b', 1],
      ['a', 1],
      ['c', 2],
    ])
    expect(compareVectors(new Map(), many, 2).appeared.map(({ token }) => token)).toEqual(['c', 'a'])
  })

  it('takes models of another scale for alike', () => {
    const doubled = new Map(Array.from(a, ([token, weight]) => [token, 2 * weight]))
    expect(compareVectors(a, doubled, 10)).toEqual({ appeared: [], disappeared: [], changed: [] })
  })

  it('compares nothing with nothing', () => {
    expect(compareVectors(new Map(), new Map(), 10)).toEqual({ appeared: [], disappeared: [], changed: [] })
  })
})

describe('readableVector', () => {
  it('keeps the larger weight of tokens that read alike', () => {
    const vector = new Map([
      ['Ġcar', 1],
      ['car', 2],
      ['bus', 3],
    ])
    const readable = (token: string): string => token.replace('Ġ', '')
    expect([...readableVector(vector, { readable })]).toEqual([
      ['car', 2],
      ['bus', 3],
    ])
  })

  it('leaves words as they are', () => {
    const vector = new Map([['차량', 1]])
    expect(readableVector(vector, {})).toBe(vector)
  })
})
