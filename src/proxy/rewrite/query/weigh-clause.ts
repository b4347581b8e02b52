import type { Encoder } from '../../../encoder/encoder.js'
import { prune } from '../../../encoder/pruning.js'
import { EngineResponseError } from '../../../engine/failure.js'
import { fromField, type IndexMeta } from '../../../engine/index-meta.js'
import { EngineError, SpladeBridgeError } from '../../../errors.js'
import type { SparseVector } from '../../../sparse-vector.js'
import { inStep } from '../../../telemetry/request-observer.js'
import { RefusedRequest } from '../../rewriter.js'
import { EncoderUnavailable } from '../encoding/query-encoding.js'
import { badQuery } from '../refuse.js'
import type { SearchScope } from './search-scope.js'
import type { SparseClause } from './sparse-clause.js'
import type { UnweighedClause, WeighedClause } from './weighed-clause.js'

/**
 * Finds out what a sparse query weighs.
 *
 * @param whole what the index knows, seen from its first field
 * @throws RefusedRequest for what the client asks for and cannot have
 */
export async function weighClause(
  clause: SparseClause,
  whole: IndexMeta,
  scope: SearchScope,
): Promise<WeighedClause | UnweighedClause> {
  try {
    return await weigh(clause, whole, scope)
  } catch (error) {
    // Who knows nothing of sparse queries gets what it asked for.
    if (clause.isFromRule === true && error instanceof SpladeBridgeError)
      return { clause, meta: whole, failure: error }
    throw error
  }
}

async function weigh(
  clause: SparseClause,
  whole: IndexMeta,
  scope: SearchScope,
): Promise<WeighedClause | UnweighedClause> {
  const meta = clause.field === undefined ? whole : fieldOf(clause, clause.field, whole, scope)
  requireModel(clause, meta, scope)
  const encoder = scope.encoders.encoderOf(scope.index, meta, scope.statisticsOf(meta))
  try {
    const startedAt = performance.now()
    const full = await vectorOf(clause, encoder, scope)
    const encodeMs = performance.now() - startedAt
    return { clause, meta, encoder, vector: prune(full, clause.prune), tokensBefore: full.size, encodeMs }
  } catch (error) {
    if (error instanceof EngineResponseError)
      throw new RefusedRequest(error.status, error.reasonType, error.message)
    if (!(error instanceof EncoderUnavailable)) throw error
    if (scope.options.onEncoderFailure === 'full-text') return { clause, meta, failure: error }
    throw new RefusedRequest(429, 'es_rejected_execution_exception', error.message, { cause: error })
  }
}

function fieldOf({ form }: SparseClause, field: string, whole: IndexMeta, { index }: SearchScope): IndexMeta {
  try {
    return fromField(index, whole, field)
  } catch (error) {
    if (error instanceof EngineError) throw badQuery(`[${form}] query: [field] ${error.message}`)
    throw error
  }
}

function requireModel(
  { form, model }: SparseClause,
  { encoder }: IndexMeta,
  { index, options }: SearchScope,
): void {
  if (model === undefined || model.name === encoder.name || options.modelNames.includes(model.name)) return
  throw badQuery(
    `[${form}] query: [${model.option}] is "${model.name}", but index "${index}" was written by model ` +
      `"${encoder.name}"; leave it out, or add it to modelNames of the proxy's --rewrite-config`,
  )
}

async function vectorOf(
  { wanted }: SparseClause,
  encoder: Encoder,
  scope: SearchScope,
): Promise<SparseVector> {
  if ('tokens' in wanted) return wanted.tokens
  const { text } = wanted
  const step = { kind: 'encode', model: encoder.identity.name, text } as const
  return inStep(scope.observed, step, () => scope.encoding.encode(encoder, text))
}
