import { describe, expect, it } from '@jest/globals'
import { FeatureError } from '../../../src/errors.js'
import {
  fromRankFeatures,
  toRankFeatures,
  toRankFeaturesJson,
} from '../../../src/rank-features/document-field.js'

describe('toRankFeatures', () => {
  it('names features and keeps weights in full precision', () => {
    expect(
      toRankFeatures(
        new Map([
          ['v1.2', 0.123456789],
          ['서울', 2],
        ]),
      ),
    ).toEqual({ 'v1%2E2': 0.123456789, 서울: 2 })
  })

  it('keeps tokens that are names of object members', () => {
    const features = toRankFeatures(
      new Map([
        ['__proto__', 1],
        ['constructor', 2],
      ]),
    )
    expect(JSON.parse(JSON.stringify(features))).toEqual(JSON.parse('{"__proto__":1,"constructor":2}'))
  })

  it('is reversed by fromRankFeatures', () => {
    const vector = new Map([
      ['a.b', 3],
      ['__proto__', 2],
      ['', 1],
    ])
    expect(
      fromRankFeatures(JSON.parse(JSON.stringify(toRankFeatures(vector))) as Record<string, number>),
    ).toEqual(vector)
  })

  it.each([0, -0.5, NaN, Infinity, 1e-40, 1e39])('refuses weight %d and names the token', (weight) => {
    expect(() => toRankFeatures(new Map([['서울', weight]]))).toThrow(FeatureError)
    expect(() => toRankFeatures(new Map([['서울', weight]]))).toThrow(/서울/)
  })
})

describe('toRankFeaturesJson', () => {
  it('is the text of the same object, whatever the tokens', () => {
    const tokens = ['서울', 'a.b', '', '"', '\\', '__proto__', '12', '##ing', '\ud800', 'a b', '😀', '%']
    const weights = [1.5, 1e-7, 0.1 + 0.2, 3, 1e21]
    const vector = new Map(tokens.map((token, position) => [token, weights[position % weights.length]!]))
    const text = toRankFeaturesJson(vector)
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(toRankFeatures(vector))))
    expect(toRankFeaturesJson(new Map())).toBe('{}')
  })

  it.each([0, -1, NaN, Infinity])('refuses the weight %d by its token', (weight) => {
    expect(() => toRankFeaturesJson(new Map([['서울', weight]]))).toThrow(/서울/)
  })
})
