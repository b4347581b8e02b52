import { describe, expect, it } from '@jest/globals'
import { cutWindows, limitPieces, ownPieces } from '../../../../src/encoder/gated-lexical/cut-windows.js'

const SIDE = {
  prefixIds: [7, 8],
  windowPieces: 3,
  maxWindows: 2,
  idfExponent: 1,
  directionScale: 1,
  expansionStrength: 1,
  expansionLimit: 1,
}

describe('ownPieces', () => {
  it('leaves out what the tokenizer puts around the text', () => {
    const pieces = ownPieces({
      ids: Int32Array.of(0, 11, 12, 2),
      spans: Int32Array.of(0, 0, 0, 4, 4, 9, 0, 0),
      words: Int32Array.of(-1, 0, 1, -1),
      tokenCount: 4,
      truncated: false,
    })
    expect([...pieces.ids]).toEqual([11, 12])
    expect([...pieces.spans]).toEqual([0, 4, 4, 9])
  })

  it('finds none in an empty text', () => {
    const empty = {
      ids: Int32Array.of(0, 2),
      spans: new Int32Array(4),
      words: Int32Array.of(-1, -1),
      tokenCount: 2,
      truncated: false,
    }
    expect(ownPieces(empty).ids).toHaveLength(0)
  })
})

describe('limitPieces', () => {
  it('keeps what the windows take', () => {
    const limited = limitPieces({ ids: new Int32Array(9), spans: new Int32Array(18) }, SIDE)
    expect([limited.ids.length, limited.spans.length]).toEqual([6, 12])
  })
})

describe('cutWindows', () => {
  it('puts every window between its boundaries, behind the prefix', () => {
    expect(cutWindows(Int32Array.of(11, 12, 13, 14), SIDE, [0, 2]).map((window) => [...window])).toEqual([
      [0, 7, 8, 11, 12, 13, 2],
      [0, 7, 8, 14, 2],
    ])
  })

  it('gives none for a text without pieces', () => {
    expect(cutWindows(new Int32Array(), SIDE, [0, 2])).toEqual([])
  })
})
