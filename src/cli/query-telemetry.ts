import type { Encoder } from '../encoder/encoder.js'
import type { SearchResult } from '../search/search.js'
import type { QueryEvent } from '../telemetry/events.js'
import { tokenUses } from '../telemetry/token-uses.js'

/** A search that is over. */
export interface FinishedSearch {
  readonly index: string
  readonly encoder: Pick<Encoder, 'identity' | 'locate' | 'readable'>
  readonly query: string
  /** With explained hits, so that contributions are known. */
  readonly result: SearchResult
}

/** What telemetry says of it; tokens as people read them. */
export function toQueryEvent({ index, encoder, query, result }: FinishedSearch): QueryEvent {
  const { hits, queryVector, prunedTerms, encodeMs, engineMs, tookMs } = result
  const [best] = hits
  const given = new Map(best?.tokens.map(({ token, contribution }) => [token, contribution]))
  const names = [...queryVector.keys()]
  const tokens = tokenUses(encoder, query, queryVector).map((use, place) => ({
    ...use,
    ...(best !== undefined && { contribution: given.get(names[place] ?? '') ?? 0 }),
  }))
  return {
    type: 'query',
    index,
    model: encoder.identity.name,
    text: query,
    tokens,
    prunedTokens: prunedTerms,
    hits: hits.length,
    ...(best !== undefined && { topScore: best.score }),
    timings: { encodeMs, engineMs, totalMs: tookMs },
  }
}
