import { describe, expect, it } from '@jest/globals'
import type { Span } from '../../../src/sparse-vector.js'
import { heatPieces } from '../../../web/src/heat.js'

const token = (name: string, weight: number, ...spans: Span[]) => ({
  token: name,
  text: name,
  feature: name,
  weight,
  spans,
})

describe('heatPieces', () => {
  it('cuts the text where tokens begin and end, and leaves nothing out', () => {
    const text = '서울 지하철'
    const pieces = heatPieces(text, [token('서울', 4, [0, 2]), token('지하철', 2, [3, 6])])
    expect(pieces.map((piece) => [piece.text, piece.heat])).toEqual([
      ['서울', 1],
      [' ', 0],
      ['지하철', 0.5],
    ])
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  })

  it('gives a place to the heaviest of the tokens that overlap there, and names all', () => {
    const pieces = heatPieces('지하철', [
      token('지하', 1, [0, 2]),
      token('하철', 4, [1, 3]),
      token('지하철', 2, [0, 3]),
    ])
    expect(pieces.map((piece) => [piece.text, piece.heat, piece.tokens.map((here) => here.token)])).toEqual([
      ['지', 0.5, ['지하철', '지하']],
      ['하', 1, ['하철', '지하철', '지하']],
      ['철', 1, ['하철', '지하철']],
    ])
  })

  it('finds a token at each of its places', () => {
    const pieces = heatPieces('a b a', [token('a', 3, [0, 1], [4, 5])])
    expect(pieces.map(({ heat }) => heat)).toEqual([1, 0, 1])
  })

  it('keeps a text without any token in one cold piece', () => {
    expect(heatPieces('what is it?', [])).toEqual([{ text: 'what is it?', heat: 0, tokens: [] }])
    expect(heatPieces('', [])).toEqual([])
  })
})
