import { describe, expect, it } from '@jest/globals'
import { PieceGates } from '../../../../src/encoder/gated-lexical/term-gates.js'
import {
  idfOf,
  saturate,
  weighExpansion,
  weighPresent,
} from '../../../../src/encoder/gated-lexical/term-weights.js'

const SATURATION = { k1: 0.5, lengthExponent: 0.5, typicalLength: 150, shortestShare: 0.2 }
const IDF = { known: new Map([['지구', 4]]), unknownHangul: 7, unknownOther: 9 }
const SIDE = {
  prefixIds: [],
  windowPieces: 4,
  maxWindows: 2,
  idfExponent: 0.5,
  directionScale: 1,
  expansionStrength: 2,
  expansionLimit: 2,
}

describe('saturate', () => {
  it('gives a single term of a typical text 1, and never more than k1 + 1', () => {
    expect(saturate(1, 150, SATURATION)).toBe(1)
    expect(saturate(1e6, 150, SATURATION)).toBeCloseTo(1.5, 5)
  })

  it('falls with the root of the length, and not below a share of the typical one', () => {
    expect(saturate(1, 600, SATURATION)).toBeCloseTo(1.5 / 2, 12)
    expect(saturate(1, 1, SATURATION)).toBe(saturate(1, 30, SATURATION))
  })
})

describe('idfOf', () => {
  it('knows terms, and falls back by script', () => {
    expect(['지구', '지궤', 'earth', '東京'].map((term) => idfOf(term, IDF))).toEqual([4, 7, 9, 9])
  })
})

describe('weighPresent', () => {
  const weigh = (gate: number) =>
    weighPresent(
      '지구',
      [{ kind: 'hangul', firstPiece: 0, endPiece: 1 }],
      new PieceGates([Float32Array.of(gate, 0, 0, 0, 0, 0)]),
      IDF,
      SIDE,
    )

  it('is the power of the rarity where the gate is neutral', () => {
    expect(weigh(0)).toBe(2)
  })

  it('is doubled at most, and brought down to nothing', () => {
    expect(weigh(100)).toBeCloseTo(4, 10)
    expect(weigh(-100)).toBeCloseTo(0, 10)
  })
})

describe('weighExpansion', () => {
  const window = (terms: readonly number[], logits: readonly number[]) => ({
    gates: new Float32Array(),
    terms: Int32Array.from(terms),
    logits: Float32Array.from(logits),
  })

  it('takes the strongest window of each term, strongest term first, up to the limit', () => {
    const weights = weighExpansion([window([5, 6, 7], [3, 2, 1]), window([7, 8], [4, 0.5])], SIDE)
    expect(weights).toEqual([
      [7, 2 * Math.log1p(4)],
      [5, 2 * Math.log1p(3)],
    ])
  })

  it('gives no weight to a logit of 0 or below', () => {
    expect(weighExpansion([window([5, 6], [0, -2])], SIDE)).toEqual([])
    expect(weighExpansion([], SIDE)).toEqual([])
  })
})
