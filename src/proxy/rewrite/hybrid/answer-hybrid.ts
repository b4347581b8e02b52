import type { Endpoint } from '../endpoint.js'
import type { JsonSource } from '../json/json-source.js'
import type { RequestLookups } from '../lookups.js'
import { readJson } from '../rewrite-body.js'
import type { FusedAnswer } from './fused-answer.js'
import { HYBRID_FORM } from './hybrid-search.js'
import { hybridFormOf, mayBeHybrid, readHybridSearch } from './read-hybrid.js'
import { runHybrid } from './run-hybrid.js'
import { knowsFusing, tryEngine } from './try-engine.js'

const ADVICE =
  'name a search pipeline that fuses them, by its normalization-processor or score-ranker-processor'

/** A search's body on its way. */
export interface HybridBody {
  /** Sparse queries rewritten. */
  readonly text: string
  /** Whether it had any: the engine's own forms without them are the engine's own business. */
  readonly isRewritten: boolean
}

/**
 * Answers a search that is to be fused: by the engine where it can, else here.
 *
 * @returns undefined for a search that is just one, or that the engine is known to fuse
 * @throws RefusedRequest naming what cannot be fused
 */
export async function answerHybrid(
  endpoint: Endpoint,
  { text, isRewritten }: HybridBody,
  lookups: RequestLookups,
): Promise<FusedAnswer | undefined> {
  const source = mayBeHybrid(text) ? readJson(text) : undefined
  const form = source && hybridFormOf(source)
  if (source === undefined || form === undefined) return undefined
  if (form === HYBRID_FORM) return fuseHere(endpoint, source, lookups)
  const native = { endpoint, source, form }
  const fuses = knowsFusing(native, lookups)
  if (fuses === true || !isRewritten) return undefined
  const answer = fuses === undefined ? await tryEngine(native, lookups) : undefined
  if (answer !== undefined) return { kind: 'answer', ...answer, fusion: 'engine' }
  return fuseHere(endpoint, source, lookups, lookups.state.abilities.knows(form) === true)
}

/** @param lacksPipeline whether the engine would fuse, if only a search pipeline told it how */
async function fuseHere(
  endpoint: Endpoint,
  source: JsonSource,
  lookups: RequestLookups,
  lacksPipeline = false,
): Promise<FusedAnswer | undefined> {
  const search = readHybridSearch(source)
  return (
    search && runHybrid(endpoint, source, lacksPipeline ? { ...search, advice: ADVICE } : search, lookups)
  )
}
