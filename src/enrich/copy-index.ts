import { setTimeout as delay } from 'node:timers/promises'
import type { EngineClient } from '../engine/client.js'
import { EngineResponseError, engineReason } from '../engine/failure.js'
import { toMetaJson, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD, sparseProperties } from '../engine/index-setup.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { arrayMember, isObject, type JsonObject, member, numberMember, stringMember } from '../engine/json.js'
import { EngineError } from '../errors.js'

/** Settings that belong to one index, which a copy may not be given. */
const OWN_SETTINGS: readonly string[] = [
  'uuid',
  'creation_date',
  'provided_name',
  'version',
  'history',
  'resize',
  'blocks',
  'verified_read_only',
  'routing_path',
  'replication',
]

export interface LikeOptions {
  /** Names of the vector fields of the index that is copied. */
  readonly vectors: readonly string[]
  /** More members of the mapping's `_meta`. */
  readonly more: object
}

/**
 * Creates an empty index like another, with these vector fields in the place of those that it has.
 *
 * @throws EngineError if there is an index of that name
 */
export async function createLike(
  client: EngineClient,
  source: string,
  target: string,
  meta: IndexMeta,
  { vectors, more }: LikeOptions,
): Promise<void> {
  const { body } = await client.request({ method: 'GET', path: indexPath(source) })
  const settings = objectAt(body, source, 'settings', 'index')
  const mappings = objectAt(body, source, 'mappings')
  const keep = ([name]: [string, unknown]): boolean => name !== SIDE_FIELD && !vectors.includes(name)
  const properties = Object.fromEntries(Object.entries(objectAt(mappings, 'properties')).filter(keep))
  const index = Object.fromEntries(Object.entries(settings).filter(([name]) => !OWN_SETTINGS.includes(name)))
  await client.request({
    method: 'PUT',
    path: indexPath(target),
    body: {
      settings: { index },
      mappings: {
        ...mappings,
        _meta: { ...objectAt(mappings, '_meta'), ...more, ...toMetaJson(meta) },
        properties: { ...properties, ...(await sparseProperties(meta)) },
      },
    },
  })
}

export interface CopyOptions {
  readonly source: string
  readonly target: string
  /** Restricts what is copied. Default: all documents. */
  readonly query?: object | undefined
  /** Leave documents alone that the target has. Default: they are written anew. */
  readonly onlyNew?: boolean
  /** Fields that are left behind. */
  readonly without: readonly string[]
  readonly signal?: AbortSignal | undefined
}

const POLL_MS = 500

/**
 * Copies documents within the engine, which keeps their bytes, ids and routing.
 *
 * @returns documents copied
 * @throws EngineError if the engine lacks its module reindex, or a document cannot be copied
 * @throws the reason of the signal where that says stop
 */
export async function copyDocuments(client: EngineClient, options: CopyOptions): Promise<number> {
  const { source, target, query, onlyNew = false, without, signal } = options
  const started = await requestReindex(client, {
    conflicts: onlyNew ? 'proceed' : 'abort',
    source: { index: source, ...(query !== undefined && { query }), _source: { excludes: without } },
    dest: { index: target, ...(onlyNew && { op_type: 'create' }) },
  })
  const task = stringMember(started, 'task') ?? ''
  const path = `/_tasks/${encodeURIComponent(task)}`
  for (;;) {
    const { body } = await client.request({ method: 'GET', path })
    const status = member(body, 'task', 'status')
    const copied = (numberMember(status, 'created') ?? 0) + (numberMember(status, 'updated') ?? 0)
    if (member(body, 'completed') === true) {
      requireComplete(source, body)
      return copied
    }
    if (signal?.aborted === true) {
      await client.request({ method: 'POST', path: `${path}/_cancel` })
      signal.throwIfAborted()
    }
    await delay(POLL_MS)
  }
}

async function requestReindex(client: EngineClient, body: object): Promise<unknown> {
  try {
    const query = { wait_for_completion: false }
    return (await client.request({ method: 'POST', path: '/_reindex', query, body })).body
  } catch (error) {
    const isUnknown = error instanceof EngineResponseError && error.reasonType === '' && error.status < 500
    if (!isUnknown) throw error
    throw new EngineError('the engine cannot copy documents: its module "reindex" is missing', error.status, {
      cause: error,
    })
  }
}

function requireComplete(source: string, task: unknown): void {
  const failure = member(task, 'error') ?? arrayMember(task, 'response', 'failures')[0]
  if (failure === undefined) return
  const reason = engineReason(member(failure, 'cause') ?? failure)
  throw new EngineError(`documents of "${source}" could not be copied: ${reason}`, 0)
}

/** Names of the vector fields of an index, and of the side fields: what a copy leaves behind. */
export function vectorFieldsOf(meta: IndexMeta | undefined): readonly string[] {
  return meta === undefined ? [] : sparseFields(meta).map(({ field }) => field)
}

function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = member(value, ...path)
  return isObject(found) ? found : {}
}
