import { describe, expect, it } from '@jest/globals'
import {
  documentVector,
  inverseDocumentFrequency,
  queryVector,
} from '../../../../src/encoder/lexical/bm25.js'
import { dotProduct } from '../../../../src/sparse-vector.js'

const parameters = { k1: 1.2, b: 0.75, averageLength: 2 }

describe('documentVector', () => {
  it('saturates repeated terms', () => {
    const counts = new Map([
      ['once', 1],
      ['often', 9],
    ])
    const vector = documentVector(counts, parameters)
    // At average length the divisor is tf + k1.
    expect(vector.get('once')).toBeCloseTo((1 * 2.2) / (1 + 1.2), 12)
    expect(vector.get('often')).toBeCloseTo((9 * 2.2) / (9 + 1.2), 12)
  })

  it('weighs a term less in a longer document', () => {
    const counts = new Map(['a', 'b', 'c', 'd'].map((term) => [term, 1]))
    const vector = documentVector(counts, parameters)
    expect(vector.get('a')).toBeCloseTo(2.2 / (1 + 1.2 * (0.25 + 0.75 * 2)), 12)
  })

  it('lists the heaviest term first and equal weights by term', () => {
    const counts = new Map([
      ['b', 1],
      ['a', 1],
      ['z', 2],
    ])
    expect([...documentVector(counts, parameters).keys()]).toEqual(['z', 'a', 'b'])
  })

  it('weighs every term 1 without saturation', () => {
    expect([...documentVector(new Map([['a', 7]]), { ...parameters, k1: 0 })]).toEqual([['a', 1]])
  })

  it('orders terms of different counts that weigh the same by term', () => {
    const counts = new Map([
      ['b', 1],
      ['c', 2],
      ['a', 3],
    ])
    expect([...documentVector(counts, { ...parameters, k1: 0 }).keys()]).toEqual(['a', 'b', 'c'])
  })

  it('is empty for a text without terms', () => {
    expect(documentVector(new Map(), parameters).size).toBe(0)
  })
})

describe('queryVector', () => {
  const corpus = {
    documentCount: 10,
    documentFrequencies: new Map([
      ['rare', 1],
      ['common', 9],
    ]),
  }

  it('weighs by rarity and by occurrences in the query', () => {
    const counts = new Map([
      ['common', 1],
      ['rare', 2],
    ])
    expect([...queryVector(counts, corpus)]).toEqual([
      ['rare', 2 * Math.log(1 + 9.5 / 1.5)],
      ['common', Math.log(1 + 1.5 / 9.5)],
    ])
  })

  it('keeps a term that no document has', () => {
    expect(queryVector(new Map([['unseen', 1]]), corpus).get('unseen')).toBeCloseTo(
      Math.log(1 + 10.5 / 0.5),
      12,
    )
  })

  it('leaves such terms out where very many would take the place of those that can match', () => {
    const many = new Map(Array.from({ length: 600 }, (_, place) => [`unseen${place}`, 1]))
    expect([...queryVector(new Map([...many, ['common', 1]]), corpus).keys()]).toEqual(['common'])
    expect(queryVector(many, corpus).size).toBe(600)
  })

  it('weighs occurrences alone without a corpus', () => {
    expect([
      ...queryVector(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
        undefined,
      ),
    ]).toEqual([
      ['b', 2],
      ['a', 1],
    ])
  })
})

describe('inverseDocumentFrequency', () => {
  it.each([
    [0, 0],
    [1, 1],
    [5, 5],
    [4, 9],
    [1_000_000, 1],
  ])('is finite and positive for %d documents of which %d match', (documents, matching) => {
    const weight = inverseDocumentFrequency(documents, matching)
    expect(weight).toBeGreaterThan(0)
    expect(Number.isFinite(weight)).toBe(true)
  })
})

describe('the dot product', () => {
  it('is the BM25 score of the textbook', () => {
    const document = new Map([
      ['a', 3],
      ['b', 1],
      ['c', 1],
    ])
    const corpus = {
      documentCount: 5,
      documentFrequencies: new Map([
        ['a', 2],
        ['b', 4],
      ]),
    }
    const score = dotProduct(
      queryVector(
        new Map([
          ['a', 1],
          ['b', 1],
        ]),
        corpus,
      ),
      documentVector(document, parameters),
    )
    const norm = 1.2 * (1 - 0.75 + (0.75 * 3) / 2)
    const share = (tf: number, df: number) =>
      Math.log(1 + (5 - df + 0.5) / (df + 0.5)) * ((tf * 2.2) / (tf + norm))
    expect(score).toBeCloseTo(share(3, 2) + share(1, 4), 12)
  })
})
