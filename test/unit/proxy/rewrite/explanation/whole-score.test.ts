import { describe, expect, it } from '@jest/globals'
import {
  toScoreJson,
  withEngineExplanation,
} from '../../../../../src/proxy/rewrite/explanation/whole-score.js'
import { hitKey } from '../../../../../src/proxy/rewrite/hybrid/fused-answer.js'
import { type JsonObjectNode, parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import type { SearchHit } from '../../../../../src/search/search-hit.js'
import type { WeighedClause } from '../../../../../src/proxy/rewrite/query/weighed-clause.js'

const node = parseJsonSource('{"_index":"a","_id":"1","_score":0.03}').root as JsonObjectNode
const hit = { node, index: 'a', id: '1' }
/** Nothing of it is looked at where hits are fused. */
const clauses = [{}] as unknown as readonly WeighedClause[]

describe('the score of a fused hit', () => {
  it.each([
    '{"query":{"hybrid":{"queries":[{"match":{"text":"car"}},{"match_all":{}}]}}}',
    '{"retriever":{"rrf":{"retrievers":[]}}}',
    '{"retriever":{"linear":{"retrievers":[]}}}',
  ])('is not taken apart where the engine fuses: %s', (text) => {
    const sent = withEngineExplanation(text, clauses, new URLSearchParams())
    expect(sent).toMatchObject({ text, ownsTree: false })
    expect(toScoreJson(hit, sent, [])).toEqual({ score: 0.03 })
  })

  it('is what each search gave', () => {
    const shares = [{ search: 1, rank: 2, score: 7, contribution: 0.03 }]
    const fusion = new Map([[hitKey('a', '1'), shares]])
    expect(toScoreJson(hit, { clauses, ownsTree: false, fusion }, [])).toEqual({ score: 0.03, fused: shares })
  })
})

describe('the rest of a score', () => {
  const restOf = (score: number, sparseScore: number) => {
    const scored = parseJsonSource(`{"_index":"a","_id":"1","_score":${score}}`).root as JsonObjectNode
    const explained = { explanation: { sparseScore } } as unknown as SearchHit
    const search = { clauses: [], ownsTree: false }
    return toScoreJson({ node: scored, index: 'a', id: '1' }, search, [explained])
  }

  it('is nothing within the rounding of 32-bit floats', () => {
    expect(restOf(9.254391, 9.254391838)).toMatchObject({ rest: 0 })
    expect(restOf(0, 0)).toMatchObject({ rest: 0 })
  })

  it('is what is beyond it, of either sign', () => {
    expect(restOf(9.26, 9.25)).toMatchObject({ rest: expect.closeTo(0.01, 6) })
    expect(restOf(4.5, 9)).toMatchObject({ rest: -4.5 })
  })
})
