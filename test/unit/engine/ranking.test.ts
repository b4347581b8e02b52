import { describe, expect, it } from '@jest/globals'
import { readHits } from '../../../src/engine/ranking.js'

describe('readHits', () => {
  it('reads ids and scores in order, scores as the 32-bit floats that their decimals stand for', () => {
    const answer = {
      hits: {
        hits: [
          { _id: 'a', _score: 1.0039062 },
          { _id: 'b', _score: 0.5 },
        ],
      },
    }
    expect(readHits(answer).map(({ id, score }) => [id, score])).toEqual([
      ['a', 1.00390625],
      ['b', 0.5],
    ])
  })

  it('finds none in an answer without hits', () => {
    expect(readHits({ error: 'x' })).toEqual([])
  })
})
