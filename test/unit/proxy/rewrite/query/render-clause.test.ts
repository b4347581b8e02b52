import { describe, expect, it } from '@jest/globals'
import { renderClause, renderUnnamed } from '../../../../../src/proxy/rewrite/query/render-clause.js'
import type { SparseClause } from '../../../../../src/proxy/rewrite/query/sparse-clause.js'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'

const vector = new Map([
  ['car', 1.5],
  ['start', 0.25],
])
const encoder = { name: 'model', fingerprint: 'print' }
const meta = { field: 'splade', textFields: ['text'], fieldType: 'rank_features', encoder } as const
const { root } = parseJsonSource('{"splade":{}}')
if (root.kind !== 'object') throw new Error('an object was written')
const clause: SparseClause = { node: root, form: 'splade', wanted: { text: 'car' }, boost: 1, prune: {} }

const should = [
  { rank_feature: { field: 'splade.car', boost: 1.5, linear: {} } },
  { rank_feature: { field: 'splade.start', boost: 0.25, linear: {} } },
]

describe('a rendered clause', () => {
  it('leaves weights as they are and gives the boost to the whole, as the engines do with their own', () => {
    const boosted = { ...clause, boost: 1.7 }
    expect(JSON.parse(renderClause(boosted, vector, meta))).toEqual({ bool: { should, boost: 1.7 } })
    const query = { field: 'splade', query_vector: { car: 1.5, start: 0.25 }, prune: false, boost: 1.7 }
    const elsewhere = { ...meta, fieldType: 'sparse_vector' } as const
    expect(JSON.parse(renderClause(boosted, vector, elsewhere))).toEqual({ sparse_vector: query })
  })

  it('says neither a boost of 1 nor a name that nobody gave', () => {
    expect(JSON.parse(renderClause(clause, vector, meta))).toEqual({ bool: { should } })
  })

  it('has its name once', () => {
    const named = { ...clause, name: 'mine' }
    expect(JSON.parse(renderClause(named, vector, meta))).toEqual({ bool: { should, _name: 'mine' } })
    expect(JSON.parse(renderUnnamed(named, vector, meta))).toEqual({ bool: { should } })
  })

  it('boosts what matches nothing without a word', () => {
    expect(JSON.parse(renderClause({ ...clause, boost: 2 }, new Map(), meta))).toEqual({
      match_none: { boost: 2 },
    })
  })
})
