import type { Encoder } from '../../../encoder/encoder.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import { globMatches } from '../../http/glob.js'
import { RefusedRequest } from '../../rewriter.js'
import type { RequestLookups } from '../lookups.js'
import { badRequest } from '../refuse.js'
import type { IndexTarget } from '../upstream/index-targets.js'

/** How documents for an index are encoded. */
export interface WriteTarget {
  /** As the client named it. */
  readonly index: string
  readonly meta: IndexMeta
  readonly encoder: Encoder
  /** Of the indices themselves, where the client named an alias. */
  readonly names: readonly string[]
}

/**
 * @param path name of an index or alias, percent-encoded
 * @returns undefined for an index that splade-bridge did not set up, or that is not there yet
 * @throws RefusedRequest where another model wrote it, its indices do not agree, or the engine cannot tell for now
 */
export async function writeTargetOf(path: string, lookups: RequestLookups): Promise<WriteTarget | undefined> {
  const index = decodeURIComponent(path)
  const { writeIndices } = lookups.state.options
  if (!writeIndices.some((pattern) => globMatches(pattern, index))) return undefined
  const target = await lookups.target({ path, query: {} })
  return ofTarget(path, target, lookups)
}

function ofTarget(path: string, target: IndexTarget, lookups: RequestLookups): WriteTarget | undefined {
  if (target.kind === 'mixed') throw badRequest(target.reason)
  // Stored now, the document would lack its vector for good.
  if (target.kind === 'unknown' && isForNow(target.status))
    throw new RefusedRequest(target.status, target.type, target.reason)
  // Who may write but not read mappings is told, for nobody else would notice.
  if (target.kind === 'unknown' && target.status !== 404) lookups.warn(unreadable(path, target.reason))
  if (target.kind !== 'ours') return undefined
  const { meta, names } = target
  const { encoders } = lookups.state
  const statistics = lookups.statisticsOf({ path, query: {} }, meta)
  const index = decodeURIComponent(path)
  return { index, meta, names, encoder: encoders.encoderOf(index, meta, statistics) }
}

/**
 * As {@link writeTargetOf}, with a refusal as a value.
 *
 * @throws RefusedRequest where the engine is away or busy: clients repeat a request that failed as a whole, but take
 *   most items that failed for lost
 */
export async function tryWriteTarget(
  path: string,
  lookups: RequestLookups,
): Promise<WriteTarget | RefusedRequest | undefined> {
  try {
    return await writeTargetOf(path, lookups)
  } catch (error) {
    if (error instanceof RefusedRequest && !isForNow(error.status)) return error
    throw error
  }
}

/** Whether the same request may be answered otherwise in a while. */
function isForNow(status: number): boolean {
  return status === 429 || status >= 500
}

function unreadable(path: string, reason: string): string {
  const index = decodeURIComponent(path)
  return `splade-bridge stored documents in "${index}" without vectors, as it may not read the mapping: ${reason}`
}
