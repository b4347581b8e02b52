import type { EngineClient } from '../engine/client.js'
import { chooseFieldType } from '../engine/field-type.js'
import { readIndexMeta, toMetaJson, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { readIndexSettings } from '../engine/index-settings.js'
import {
  checkExisting,
  checkSparseFields,
  type NewIndexMeta,
  SIDE_FIELD,
  sparseProperties,
} from '../engine/index-setup.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { isObject, member, stringMember } from '../engine/json.js'
import { parseTextField } from '../engine/text-rule.js'
import { EngineError } from '../errors.js'

/** An index that is to get, or has, sparse fields. */
export interface PreparedIndex {
  readonly index: string
  readonly meta: IndexMeta
  /** What has to be added to its mapping; undefined where it has all. */
  readonly addition?: object
}

/**
 * Looks what the indices behind a name lack; changes nothing.
 *
 * @throws EngineError if there is none, one is closed or keeps no sources, lacks every text field, has a field of that name for
 *   something else, or is set up for another model
 */
export async function planPreparation(
  client: EngineClient,
  name: string,
  wanted: NewIndexMeta,
): Promise<readonly PreparedIndex[]> {
  checkSparseFields(wanted)
  const mappings = await readMappings(client, name)
  await requireOpen(client, name)
  const fieldType = await chooseFieldType(client, name, wanted.fieldType)
  return Promise.all(
    mappings.map(([index, json]) =>
      planOne(client, index, member(json, 'mappings'), { ...wanted, fieldType }),
    ),
  )
}

/** A closed index takes a mapping, but nobody can read it. */
async function requireOpen(client: EngineClient, name: string): Promise<void> {
  for (const [index, { verified_before_close: isClosed }] of await readIndexSettings(client, name))
    if (isClosed === 'true') throw new EngineError(`index "${index}" is closed; open it first`, 0)
}

/** What the first of the indices behind a name says of its vectors; undefined where none has any. */
export async function findSetUp(client: EngineClient, name: string): Promise<IndexMeta | undefined> {
  const mappings = await readMappings(client, name)
  const ours = mappings.find(([, json]) => isSetUp(member(json, 'mappings')))
  return ours === undefined ? undefined : readIndexMeta(client, ours[0])
}

/** Adds to mappings what {@link planPreparation} found missing. */
export async function prepareIndices(client: EngineClient, plan: readonly PreparedIndex[]): Promise<void> {
  for (const { index, addition } of plan) {
    if (addition !== undefined)
      await client.request({ method: 'PUT', path: indexPath(index, '_mapping'), body: addition })
  }
}

/** An index, and what tells it from another one of its name. */
export interface IndexIdentity {
  readonly index: string
  readonly uuid: string
}

/**
 * Sets up each index before vectors are first written to it: those behind a name at the beginning, and those that come
 * to be there later, for example by a rollover. Without its mapping an engine would make a field of every token.
 */
export class IndexPreparer {
  /** Name -> identity of an index that is set up; undefined until it is first read. */
  private readonly prepared = new Map<string, string | undefined>()

  constructor(
    private readonly client: EngineClient,
    private readonly wanted: NewIndexMeta,
  ) {}

  /** @throws EngineError as {@link planPreparation} does, before any index is changed */
  async prepareAll(name: string): Promise<void> {
    const plan = await planPreparation(this.client, name, this.wanted)
    await prepareIndices(this.client, plan)
    for (const { index } of plan) this.prepared.set(index, undefined)
  }

  /**
   * @param indices that are about to be read, each as often as one likes
   * @throws EngineError as {@link planPreparation} does
   */
  async prepareNew(indices: readonly IndexIdentity[]): Promise<void> {
    for (const { index, uuid } of indices) {
      const known = this.prepared.get(index)
      const isAnother = known !== undefined && known !== uuid
      if (isAnother || !this.prepared.has(index)) await this.prepareAll(index)
      this.prepared.set(index, uuid)
    }
  }
}

async function readMappings(
  client: EngineClient,
  name: string,
): Promise<readonly (readonly [index: string, json: unknown])[]> {
  const { body } = await client.request({ method: 'GET', path: indexPath(name, '_mapping') })
  const mappings = Object.entries(isObject(body) ? body : {})
  if (mappings.length === 0) throw new EngineError(`there is no index "${name}"`, 404)
  return mappings
}

function isSetUp(mappings: unknown): boolean {
  return member(mappings, '_meta', 'splade_bridge') !== undefined
}

async function planOne(
  client: EngineClient,
  index: string,
  mappings: unknown,
  meta: IndexMeta,
): Promise<PreparedIndex> {
  requireSources(index, mappings)
  if (isSetUp(mappings)) {
    const existing = await readIndexMeta(client, index)
    if (existing === undefined) throw new EngineError(`there is no index "${index}" any more`, 404)
    return { index, meta: checkExisting(index, existing, meta) }
  }
  requireTexts(index, mappings, meta)
  requireFree(index, mappings, meta)
  const known = member(mappings, '_meta')
  const _meta = { ...(isObject(known) && known), ...toMetaJson(meta) }
  return { index, meta, addition: { _meta, properties: await sparseProperties(meta) } }
}

function requireSources(index: string, mappings: unknown): void {
  if (member(mappings, '_source', 'enabled') !== false) return
  throw new EngineError(
    `index "${index}" keeps no _source: its texts cannot be read back; index the documents again from where they came`,
    0,
  )
}

function requireTexts(index: string, mappings: unknown, meta: IndexMeta): void {
  const names = [
    ...new Set(
      sparseFields(meta).flatMap(({ textFields }) => textFields.map((text) => parseTextField(text).name)),
    ),
  ]
  const known = textFieldsOf(mappings)
  if (names.some((name) => known.includes(name))) return
  throw new EngineError(
    `index "${index}" has none of the text fields ${names.join(', ')}; it has ${known.join(', ') || 'none'}: ` +
      'name them with --text',
    0,
  )
}

function requireFree(index: string, mappings: unknown, meta: IndexMeta): void {
  const taken = [...sparseFields(meta).map(({ field }) => field), SIDE_FIELD].find(
    (field) => mappingOf(mappings, field) !== undefined,
  )
  if (taken === undefined) return
  const type = stringMember(mappingOf(mappings, taken), 'type') ?? 'object'
  throw new EngineError(
    `index "${index}" has a field "${taken}" of type ${type} already, which splade-bridge did not set up: ` +
      'choose another name with --field',
    0,
  )
}

/** Of a field by its name; undefined where there is none. */
function mappingOf(mappings: unknown, field: string): unknown {
  return member(mappings, ...field.split('.').flatMap((name) => ['properties', name]))
}

/** Names of all fields with words, dotted, at any depth. */
function textFieldsOf(mappings: unknown, prefix = ''): readonly string[] {
  const properties = member(mappings, 'properties')
  return Object.entries(isObject(properties) ? properties : {}).flatMap(([name, mapping]) => {
    const path = `${prefix}${name}`
    const type = stringMember(mapping, 'type')
    const own = type === 'text' || type === 'keyword' || type === 'match_only_text' ? [path] : []
    return [...own, ...textFieldsOf(mapping, `${path}.`)]
  })
}
