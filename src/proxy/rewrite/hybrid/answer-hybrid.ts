import { type Endpoint, toTarget } from '../endpoint.js'
import { jsonHeaders } from '../upstream/upstream-client.js'
import type { RequestLookups } from '../lookups.js'
import { readJson } from '../rewrite-body.js'
import { saysUnable } from './engine-abilities.js'
import { HYBRID_FORM, type NativeForm } from './hybrid-search.js'
import { hybridFormOf, mayBeHybrid, readHybridSearch } from './read-hybrid.js'
import type { FusedAnswer } from './fused-answer.js'
import { runHybrid } from './run-hybrid.js'

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
 */
export async function answerHybrid(
  endpoint: Endpoint,
  { text, isRewritten }: HybridBody,
  lookups: RequestLookups,
): Promise<FusedAnswer | undefined> {
  const source = mayBeHybrid(text) ? readJson(text) : undefined
  const form = source && hybridFormOf(source)
  if (source === undefined || form === undefined) return undefined
  if (form !== HYBRID_FORM) {
    const isAble = lookups.state.abilities.knows(form)
    if (isAble === true || !isRewritten) return undefined
    const answer = isAble === undefined ? await tryEngine(endpoint, text, form, lookups) : undefined
    if (answer !== undefined) return answer
  }
  const search = readHybridSearch(source)
  return search && runHybrid(endpoint, source, search, lookups)
}

/** @returns undefined where the engine says that it cannot */
async function tryEngine(
  { path, parameters }: Endpoint,
  text: string,
  form: NativeForm,
  { context, state }: RequestLookups,
): Promise<FusedAnswer | undefined> {
  const answer = await context.ask({
    method: 'POST',
    target: toTarget(path, parameters),
    headers: jsonHeaders(),
    body: Buffer.from(text),
  })
  if (saysUnable(answer.status, answer.body.toString())) {
    state.abilities.learn(form, false)
    return undefined
  }
  if (answer.status < 300) state.abilities.learn(form, true)
  return { kind: 'answer', ...answer, fusion: 'engine' }
}
