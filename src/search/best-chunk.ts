import { arrayMember, isObject, member, numberMember } from '../engine/json.js'
import { CHUNK_WEIGHTS } from '../rank-features/chunks.js'
import type { Span, SparseVector, TokenSpans } from '../sparse-vector.js'
import { contributionsFrom } from './clause-scores.js'

/** The chunk that made a hit's score, as the engine names it. */
export interface BestChunk {
  /** Place in the text that was encoded. */
  readonly span: Span
  /** The chunk's own JSON among the hit's `inner_hits`. */
  readonly json: unknown
}

/**
 * @param hit a hit's JSON
 * @param field the nested field that was asked
 * @returns undefined where the engine names none, as for a document that others wrote
 */
export function readBestChunk(hit: unknown, field: string): BestChunk | undefined {
  const [json] = arrayMember(member(hit, 'inner_hits'), field, 'hits', 'hits')
  const start = numberMember(json, '_source', 'start')
  const end = numberMember(json, '_source', 'end')
  return start === undefined || end === undefined ? undefined : { span: [start, end], json }
}

/**
 * Token -> part of the chunk's score, from the chunk's vector. No engine scores named clauses inside `inner_hits`:
 * OpenSearch 3.8 names them and says NaN.
 */
export function chunkContributions({ json }: BestChunk, query: SparseVector): ReadonlyMap<string, number> {
  const source = member(json, '_source')
  return isObject(source) ? contributionsFrom({ _source: source }, query, CHUNK_WEIGHTS) : new Map()
}

/** The places of tokens that lie in a part of the text. */
export function spansWithin(spans: TokenSpans, [start, end]: Span): TokenSpans {
  return new Map(
    Array.from(spans, ([token, places]) => [
      token,
      places.filter(([from, to]) => from >= start && to <= end),
    ]),
  )
}
