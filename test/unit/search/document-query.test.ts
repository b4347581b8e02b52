import { describe, expect, it } from '@jest/globals'
import { toDocumentQuery } from '../../../src/search/document-query.js'

const META = {
  field: 'splade',
  fieldType: 'rank_features',
  textFields: ['text'],
  encoder: { name: 'm', fingerprint: 'f' },
} as const
const NESTED = { ...META, longTexts: { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 0 } } as const
const VECTOR = new Map([['car', 2]])

describe('toDocumentQuery', () => {
  it('asks the field itself, by name where it is to be explained', () => {
    expect(toDocumentQuery(VECTOR, META, { named: true, bestChunk: 'vector' })).toEqual({
      bool: { should: [{ rank_feature: { field: 'splade.car', boost: 2, linear: {}, _name: 'car' } }] },
    })
  })

  it('asks for the best chunk of an index that keeps chunks', () => {
    expect(toDocumentQuery(VECTOR, NESTED, { named: true })).toEqual({
      nested: {
        path: 'splade',
        score_mode: 'max',
        query: {
          bool: { should: [{ rank_feature: { field: 'splade.weights.car', boost: 2, linear: {} } }] },
        },
      },
    })
    expect(toDocumentQuery(VECTOR, NESTED, { bestChunk: 'place' })).toHaveProperty(
      'nested.inner_hits.size',
      1,
    )
  })

  it('matches nothing for an empty query', () => {
    expect(toDocumentQuery(new Map(), NESTED)).toHaveProperty('nested.query', { match_none: {} })
  })
})
