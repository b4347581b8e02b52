import type { EngineClient } from '../engine/client.js'
import { EngineResponseError } from '../engine/failure.js'
import { indexPath } from '../engine/index-path.js'
import { readIndexSettings } from '../engine/index-settings.js'
import { isObject, type JsonObject, member } from '../engine/json.js'
import { EngineError } from '../errors.js'
import {
  isRefusal,
  normalizeRetryOptions,
  type OnRetry,
  type RetryPolicy,
  withRetries,
} from '../indexer/retry.js'

/** The one index behind a name. */
export interface ResolvedIndex {
  /** The index itself. */
  readonly index: string
  /** Aliases that are to point elsewhere in the end, with their filters and routings: the one named, or else all. */
  readonly aliases: Readonly<Record<string, JsonObject>>
}

/**
 * @param name an alias or an index
 * @throws EngineError if there is none, several, or a data stream, whose documents cannot be replaced
 */
export async function resolveIndex(client: EngineClient, name: string): Promise<ResolvedIndex> {
  const { body } = await client.request({ method: 'GET', path: indexPath(name) })
  const found = Object.entries(isObject(body) ? body : {})
  const [first, ...others] = found
  if (first === undefined) throw new EngineError(`there is no index "${name}"`, 404)
  if (found.some(([, json]) => member(json, 'data_stream') !== undefined))
    throw new EngineError(`"${name}" is a data stream: use "splade-bridge enrich", which works in place`, 0)
  if (others.length > 0) {
    const names = found.map(([index]) => index).join(', ')
    throw new EngineError(`"${name}" covers several indices, ${names}: name one of them`, 0)
  }
  const [index, json] = first
  const known = member(json, 'aliases')
  const aliases = Object.entries(isObject(known) ? known : {}).map(
    ([alias, properties]): [string, JsonObject] => [alias, isObject(properties) ? properties : {}],
  )
  const wanted = index === name ? aliases : aliases.filter(([alias]) => alias === name)
  return { index, aliases: Object.fromEntries(wanted) }
}

/** Moves aliases from one index to another in one step: no search sees none or both. */
export async function switchAliases(
  client: EngineClient,
  { index: from, aliases }: ResolvedIndex,
  to: string,
): Promise<void> {
  const actions = Object.entries(aliases).flatMap(([alias, properties]) => [
    { remove: { index: from, alias } },
    { add: { index: to, alias, ...properties } },
  ])
  if (actions.length > 0) await client.request({ method: 'POST', path: '/_aliases', body: { actions } })
}

/** Some minutes: whoever writes to the index is kept out as long as this has not been done. */
const LIFT_RETRIES = 20

/**
 * Keeps an index from being written to while `work` runs. A block that somebody else has put there stays.
 *
 * @param client one that waits for nothing by itself: the block is lifted after Ctrl-C as well
 * @throws what `work` throws, after writing is possible again
 * @throws EngineError saying how to lift the block, where the engine stays away
 */
export async function withoutWrites<Result>(
  client: EngineClient,
  index: string,
  { policy, onRetry }: { readonly policy: RetryPolicy; readonly onRetry: OnRetry },
  work: () => Promise<Result>,
): Promise<Result> {
  if (await withRetries(() => isBlocked(client, index), policy, onRetry)) return work()
  // Unlike the setting, this waits for the writes that are under way.
  const path = indexPath(index, '_block', 'write')
  const block = { isPossible: false }
  const setBlock = async (): Promise<void> => {
    try {
      await client.request({ method: 'PUT', path })
      block.isPossible = true
    } catch (error) {
      block.isPossible ||= !isRefused(error)
      throw error
    }
  }
  try {
    await withRetries(setBlock, policy, onRetry)
    return await work()
  } finally {
    if (block.isPossible) await liftBlock(client, index, onRetry)
  }
}

async function isBlocked(client: EngineClient, index: string): Promise<boolean> {
  const settings = await readIndexSettings(client, index)
  return [...settings.values()].some((own) => own['blocks.write'] === 'true')
}

/** False where the answer was lost: the engine may have done what it was asked for. */
function isRefused(error: unknown): boolean {
  return isRefusal(error) || (error instanceof EngineResponseError && error.status < 500)
}

async function liftBlock(client: EngineClient, index: string, onRetry: OnRetry): Promise<void> {
  const path = indexPath(index, '_settings')
  const body = { 'index.blocks.write': null }
  // After Ctrl-C too.
  const patience = normalizeRetryOptions({ maxRetries: LIFT_RETRIES })
  try {
    await withRetries(() => client.request({ method: 'PUT', path, body }), patience, onRetry)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const wayOut = `PUT ${path} with ${JSON.stringify(body)}`
    const what = `"${index}" still refuses to be written to; ${wayOut} lifts that: ${error.message}`
    throw new EngineError(what, error.status, { cause: error })
  }
}
