import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { isObject, type JsonObject, member } from '../engine/json.js'
import { EngineError } from '../errors.js'

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

/**
 * Keeps an index from being written to while `work` runs.
 *
 * @throws what `work` throws, after writing is possible again
 */
export async function withoutWrites<Result>(
  client: EngineClient,
  index: string,
  work: () => Promise<Result>,
): Promise<Result> {
  // Unlike the setting, this waits for the writes that are under way.
  await client.request({ method: 'PUT', path: indexPath(index, '_block', 'write') })
  try {
    return await work()
  } finally {
    await client.request({
      method: 'PUT',
      path: indexPath(index, '_settings'),
      body: { 'index.blocks.write': null },
    })
  }
}
