import { LRUCache } from 'lru-cache'
import type { EngineRequester } from '../../../engine/client.js'
import { EngineResponseError } from '../../../engine/failure.js'
import { hasIndexMeta, type IndexMeta, metaOfMappings } from '../../../engine/index-meta.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { isObject, type JsonObject } from '../../../engine/json.js'
import { EngineError } from '../../../errors.js'
import { isNested } from '../../../search/document-query.js'
import { RefusedRequest } from '../../rewriter.js'

/** What is known of the indices that a request speaks of. */
export type IndexTarget =
  /** All were set up by splade-bridge, alike. */
  | { readonly kind: 'ours'; readonly meta: IndexMeta; readonly names: readonly string[] }
  /** None was. */
  | { readonly kind: 'foreign'; readonly names: readonly string[] }
  /** Some were, or not alike. `fields` are the vector fields of those. */
  | { readonly kind: 'mixed'; readonly fields: ReadonlySet<string>; readonly reason: string }
  /** The name, a pattern perhaps, stands for no index. */
  | { readonly kind: 'none' }
  /** The engine tells this caller nothing of them, or nothing now. */
  | { readonly kind: 'unknown'; readonly status: number; readonly type: string; readonly reason: string }

/** Indices as a request names them. */
export interface IndexExpression {
  /** First part of the path, percent-encoded as the client sent it: a name, alias, pattern or list. '' for all. */
  readonly path: string
  /** Parameters that change what it stands for. */
  readonly query: Readonly<Record<string, string>>
}

/** Parameters of a search that its `_mapping` request has to have, too. */
export const EXPRESSION_PARAMETERS = ['allow_no_indices', 'expand_wildcards', 'ignore_unavailable'] as const

const CACHED_TARGETS = 1000

/** Reads the mappings of indices with the credentials of whoever asks, and remembers them per caller for a short time. */
export class IndexTargets {
  private readonly cache: LRUCache<string, IndexTarget>

  /** @param cacheMs 0 asks every time */
  constructor(private readonly cacheMs: number) {
    this.cache = new LRUCache({ max: CACHED_TARGETS, ...(cacheMs > 0 && { ttl: cacheMs }) })
  }

  /** @param caller digest of the credentials that `client` asks with */
  async find(expression: IndexExpression, caller: string, client: EngineRequester): Promise<IndexTarget> {
    const key = JSON.stringify([caller, expression])
    const known = this.cacheMs > 0 ? this.cache.get(key) : undefined
    if (known !== undefined) return known
    const target = await readTarget(expression, client)
    // An index may appear at any moment.
    if (target.kind !== 'unknown' && target.kind !== 'none') this.cache.set(key, target)
    return target
  }
}

/** How messages name indices. */
export function showExpression({ path }: IndexExpression): string {
  return path === '' ? '_all' : decodeURIComponent(path)
}

async function readTarget(expression: IndexExpression, client: EngineRequester): Promise<IndexTarget> {
  const { path, query } = expression
  try {
    const { body } = await client.request({
      method: 'GET',
      path: path === '' ? '/_mapping' : `/${path}/_mapping`,
      query,
    })
    return isObject(body) ? toTarget(showExpression(expression), meantBy(path, body)) : { kind: 'none' }
  } catch (error) {
    if (error instanceof EngineResponseError) {
      const { status, reasonType, message } = error
      return { kind: 'unknown', status, type: reasonType, reason: message }
    }
    // No answer, or one that is too long: a client that asks for nothing of ours is not to fail for it.
    if (error instanceof RefusedRequest)
      return { kind: 'unknown', status: error.status, type: error.type, reason: error.message }
    throw error
  }
}

/**
 * A search of everything, or of a pattern, does not mean the indices in which plugins and dashboards keep what is theirs,
 * `.plugins-ml-model` and the like; behind `.ds-` are the documents of data streams.
 */
function meantBy(path: string, mappings: JsonObject): JsonObject {
  if (/(^|,)\./.test(decodeURIComponent(path))) return mappings
  const meant = Object.entries(mappings).filter(
    ([name, body]) => !name.startsWith('.') || name.startsWith('.ds-') || hasIndexMeta(body),
  )
  return meant.length === 0 ? mappings : Object.fromEntries(meant)
}

function toTarget(expression: string, mappings: JsonObject): IndexTarget {
  const names = Object.keys(mappings)
  const ours = Object.entries(mappings).filter(([, body]) => hasIndexMeta(body))
  if (names.length === 0) return { kind: 'none' }
  if (ours.length === 0) return { kind: 'foreign', names }
  try {
    const meta = metaOfMappings(expression, mappings)
    if (meta === undefined) return { kind: 'none' }
    const each = ours.map(([name, body]) => metaOfMappings(name, { [name]: body }))
    requireAlike(expression, each)
    return { kind: 'ours', meta, names }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { kind: 'mixed', fields: vectorFieldsOf(ours), reason: error.message }
  }
}

/** One query is to fit all of them. */
function requireAlike(expression: string, metas: readonly (IndexMeta | undefined)[]): void {
  const shapes = new Set(metas.map((meta) => meta && JSON.stringify(shapeOf(meta))))
  if (shapes.size <= 1) return
  throw new EngineError(
    `"${expression}" covers indices that keep their vectors otherwise (${[...shapes].join(' and ')}): search one of them`,
    0,
  )
}

function shapeOf(meta: IndexMeta): object {
  const fields = sparseFields(meta).map(({ field }) => field)
  return { fields, type: meta.fieldType, nested: isNested(meta) }
}

/** As far as they can be read: an index of a newer version has no fields that are known here. */
function vectorFieldsOf(mappings: readonly (readonly [string, unknown])[]): ReadonlySet<string> {
  const fields = mappings.flatMap(([name, body]) => {
    try {
      const meta = metaOfMappings(name, { [name]: body })
      return meta === undefined ? [] : sparseFields(meta).map(({ field }) => field)
    } catch (error) {
      if (error instanceof EngineError) return []
      throw error
    }
  })
  return new Set(fields)
}
