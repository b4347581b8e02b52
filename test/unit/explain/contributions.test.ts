import { describe, expect, it } from '@jest/globals'
import { explainHit } from '../../../src/explain/contributions.js'
import { storedWeight } from '../../../src/rank-features/stored-weight.js'

const query = new Map([
  ['car', 2],
  ['vehicle', 1.5],
  ['road', 0.3],
])

describe('explainHit', () => {
  it('orders contributions heaviest first, equal ones by token', () => {
    const contributions = new Map([
      ['road', 0.25],
      ['vehicle', 0.25],
      ['car', 3],
    ])
    expect(explainHit({ query, contributions }).map(({ token }) => token)).toEqual(['car', 'road', 'vehicle'])
  })

  it('gives shares that add up to 1', () => {
    const explained = explainHit({
      query,
      contributions: new Map([
        ['car', 3],
        ['road', 1],
      ]),
    })
    expect(explained.map(({ share }) => share)).toEqual([0.75, 0.25])
  })

  it('recovers the document weight as the engine stores it', () => {
    for (const weight of [0.1, 0.7371, 1.2345, 2.999]) {
      const contribution = Math.fround(Math.fround(1.5) * storedWeight(weight))
      const [only] = explainHit({ query, contributions: new Map([['vehicle', contribution]]) })
      expect(only?.documentWeight).toBe(storedWeight(weight))
    }
  })

  it('carries the places of a token in the text, and none for an expansion token', () => {
    const spans = new Map([['car', [[4, 7]] as const]])
    const explained = explainHit({
      query,
      contributions: new Map([
        ['car', 2],
        ['vehicle', 1],
      ]),
      spans,
    })
    expect(explained.map((each) => each.spans)).toEqual([[[4, 7]], []])
  })

  it('tells no place in the text from no text at hand', () => {
    const contributions = new Map([
      ['car', 2],
      ['vehicle', 1],
    ])
    const spans = new Map([['car', [[4, 7]] as const]])
    const expansions = (input: { spans?: typeof spans; wholeText?: boolean }): unknown[] =>
      explainHit({ query, contributions, ...input }).map(({ expansion }) => expansion)
    expect(expansions({ spans })).toEqual([false, true])
    expect(expansions({ spans, wholeText: false })).toEqual([false, undefined])
    expect(expansions({})).toEqual([undefined, undefined])
  })

  it('is empty where nothing is shared', () => {
    expect(explainHit({ query, contributions: new Map() })).toEqual([])
  })
})
