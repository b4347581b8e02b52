import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { readIndexSettings } from '../engine/index-settings.js'
import { isObject, type JsonObject, member, stringMember } from '../engine/json.js'
import { ConfigurationError } from '../errors.js'

/**
 * Whether refreshing and replicas are put off while documents are loaded: never, where the index has no documents, or
 * always; but replicas only where it has none, since nothing is safe without them.
 */
export const RELAXATIONS = ['never', 'empty', 'always'] as const

export type Relaxation = (typeof RELAXATIONS)[number]

/** Setting -> its value before, or {@link UNSET}. */
export type RelaxedSettings = Readonly<Record<string, string>>

/** What an index says where a setting was never given. */
export const UNSET = 'default'

/** Member of the mapping's `_meta` that says what is to be restored. */
const RECORD = 'splade_bridge_load'
/** In this order: as long as replicas expand, the engine itself says how many there are. */
const RELAXED = { refresh_interval: '-1', auto_expand_replicas: 'false', number_of_replicas: '0' } as const
const OF_REPLICAS: readonly string[] = ['auto_expand_replicas', 'number_of_replicas']

/** @throws ConfigurationError naming the option */
export function normalizeRelaxation(relax: Relaxation = 'never'): Relaxation {
  if (RELAXATIONS.includes(relax)) return relax
  throw new ConfigurationError('relax', `must be one of ${RELAXATIONS.join(', ')}`, relax)
}

/**
 * Puts off refreshing, and replicas of an index without documents, until {@link restoreSettings}. What they were is
 * written into the mapping's `_meta` before they are changed, so that a crash at any moment leaves nothing unknown.
 *
 * @returns what was changed; nothing for an alias, and where another worker has done it
 * @throws EngineError if the index is missing, or the user may not change it
 */
export async function relaxSettings(
  client: EngineClient,
  index: string,
  isEmpty: boolean,
): Promise<RelaxedSettings> {
  // In this order: a record that is not there yet proves that the settings read before it were the index's own.
  const [[name, settings] = [], ...others] = await readIndexSettings(client, index)
  if (name !== index || settings === undefined || others.length > 0) return {}
  const meta = (await readMetas(client, index)).get(index) ?? {}
  if (meta[RECORD] !== undefined) return {}
  const before = settingsToRelax(settings, isEmpty)
  if (Object.keys(before).length === 0) return {}
  await writeMeta(client, index, { ...meta, [RECORD]: before })
  await writeSettings(
    client,
    index,
    Object.keys(before).map((key) => [key, relaxedValue(key)]),
  )
  return before
}

/**
 * Gives an index, or those behind an alias, the settings back that a load has put off, its own or one that crashed.
 *
 * @returns what they are now; undefined if nothing was put off
 * @throws EngineError if the index is missing, or the user may not change it
 */
export async function restoreSettings(
  client: EngineClient,
  index: string,
): Promise<RelaxedSettings | undefined> {
  const restored: RelaxedSettings[] = []
  for (const [name, { [RECORD]: record, ...meta }] of await readMetas(client, index)) {
    if (isObject(record)) restored.push(await restoreOne(client, name, record, meta))
  }
  return restored.length === 0 ? undefined : Object.fromEntries(restored.flatMap(Object.entries))
}

async function restoreOne(
  client: EngineClient,
  index: string,
  record: JsonObject,
  meta: JsonObject,
): Promise<RelaxedSettings> {
  const before = Object.keys(RELAXED).flatMap((key): [string, string][] => {
    const value = stringMember(record, key)
    return value === undefined ? [] : [[key, value]]
  })
  await writeSettings(
    client,
    index,
    before.map(([key, value]) => [key, value === UNSET ? null : value]),
  )
  await writeMeta(client, index, meta)
  return Object.fromEntries(before)
}

/** Settings that are worth changing, with their values. */
function settingsToRelax(settings: JsonObject, isEmpty: boolean): RelaxedSettings {
  const values = Object.keys(RELAXED)
    .filter((key) => isEmpty || !OF_REPLICAS.includes(key))
    .map((key) => [key, stringMember(settings, key) ?? UNSET] as const)
  return Object.fromEntries(values.filter(([key, value]) => value !== relaxedValue(key)))
}

function relaxedValue(key: string): string {
  return RELAXED[key as keyof typeof RELAXED]
}

/** `_meta` of an index, or of each index behind an alias. */
async function readMetas(client: EngineClient, index: string): Promise<ReadonlyMap<string, JsonObject>> {
  const { body } = await client.request({ method: 'GET', path: indexPath(index, '_mapping') })
  const mappings = Object.entries(isObject(body) ? body : {})
  return new Map(
    mappings.map(([name, mapping]) => {
      const meta = member(mapping, 'mappings', '_meta')
      return [name, isObject(meta) ? meta : {}]
    }),
  )
}

async function writeMeta(client: EngineClient, index: string, meta: JsonObject): Promise<void> {
  await client.request({ method: 'PUT', path: indexPath(index, '_mapping'), body: { _meta: meta } })
}

async function writeSettings(
  client: EngineClient,
  index: string,
  settings: readonly (readonly [string, string | null])[],
): Promise<void> {
  const body = { index: Object.fromEntries(settings) }
  await client.request({ method: 'PUT', path: indexPath(index, '_settings'), body })
}
