import { describe, expect, it } from '@jest/globals'
import { readScoreParts } from '../../../../../src/proxy/rewrite/explanation/score-parts.js'

const node = (value: number, description: string, ...details: object[]) => ({ value, description, details })
const linear = (value: number, field = 'splade') =>
  node(value, `Linear function on the ${field} field for the car feature, computed as w * S from:`)
const bm25 = (value: number, term: string) =>
  node(value, `weight(text:${term} in 3) [PerFieldSimilarity], result of:`)
const fields = new Set(['splade', 'splade.weights'])

describe('readScoreParts', () => {
  it('finds nothing beside a sparse query alone', () => {
    expect(readScoreParts(node(3, 'sum of:', linear(1), linear(2)), fields, 3)).toEqual([])
  })

  it('names the terms of full text by field, and constants', () => {
    const tree = node(
      7,
      'sum of:',
      node(3, 'sum of:', linear(1), linear(2)),
      node(3, 'sum of:', bm25(2, 'car'), bm25(1, 'start')),
      node(1, 'ConstantScore(year:1990)'),
    )
    expect(readScoreParts(tree, fields, 3)).toEqual([
      { kind: 'text', score: 3, field: 'text', terms: ['car', 'start'] },
      { kind: 'constant', score: 1, description: 'ConstantScore(year:1990)' },
    ])
  })

  it('says what a function made of the sparse score, and of the others', () => {
    const inner = node(4, 'sum of:', linear(3), bm25(1, 'car'))
    const tree = node(8, 'function score, product of:', inner, node(2, 'min of:', node(2, 'field value')))
    expect(readScoreParts(tree, fields, 3)).toEqual([
      { kind: 'text', score: 2, field: 'text', terms: ['car'] },
      { kind: 'boost', score: 3, factor: 2 },
    ])
  })

  it('sees a boost that the engine has put into the weights', () => {
    expect(readScoreParts(linear(1.5), fields, 3)).toEqual([{ kind: 'boost', score: -1.5, factor: 0.5 }])
  })

  it('looks into the best chunk of a nested field', () => {
    const nested = node(2, 'Score based on 2 child docs, using score mode Max', linear(2, 'splade.weights'))
    expect(readScoreParts(node(3, 'sum of:', nested, bm25(1, 'car')), fields, 2)).toEqual([
      { kind: 'text', score: 1, field: 'text', terms: ['car'] },
    ])
  })

  it('counts the best of a dis_max, and the others by its tie breaker', () => {
    const tree = node(2.5, 'max plus 0.5 times others of:', linear(2), bm25(1, 'car'))
    expect(readScoreParts(tree, fields, 2)).toEqual([
      { kind: 'text', score: 0.5, field: 'text', terms: ['car'] },
    ])
    expect(readScoreParts(node(2, 'max of:', linear(2), bm25(1, 'car')), fields, 2)).toEqual([])
  })

  it('takes a linear function on another field for something else', () => {
    expect(readScoreParts(linear(1, 'pagerank'), fields, 0)).toMatchObject([{ kind: 'other', score: 1 }])
  })

  it('knows nothing where the engine does not name the sparse part', () => {
    expect(readScoreParts(node(3, 'script score function'), fields, 2)).toBeUndefined()
  })
})
