import type { Encoder } from '../../encoder/encoder.js'
import { ConfigurationError } from '../../errors.js'
import type { RuleEvent } from './rules/apply-rules.js'
import { type NormalizedRule, normalizeRules, type RewriteRule } from './rules/rewrite-rule.js'
import { normalizeTwoPhaseOptions, type TwoPhaseOptions } from './query/two-phase.js'

export interface RewriterOptions {
  /**
   * Models that queries and documents are encoded with; each index is served by the one that wrote it. Indices
   * written by `bm25` need none.
   */
  readonly encoders: readonly Encoder[]
  /**
   * Further names of the model, which clients give as `model_id` or `inference_id`. Default none: any name but the
   * model's own is refused.
   */
  readonly modelNames?: readonly string[]
  /** How long the mapping of an index is remembered for a caller, in milliseconds. 0 asks every time. Default 10,000. */
  readonly mappingCacheMs?: number
  /** Indices whose documents are encoded on the way in, as far as splade-bridge set them up; `*` for any text. Default all. */
  readonly writeIndices?: readonly string[]
  /** Full-text queries that gain a sparse clause; of several rules for one query the first counts. Default none. */
  readonly rules?: readonly RewriteRule[]
  /** Two phases for every search that may have them. Default: only for queries that ask. */
  readonly twoPhase?: TwoPhaseOptions & { readonly byDefault?: boolean }
  /**
   * What becomes of a query whose text cannot be encoded in time: it is refused with 429, or searched as full text in
   * the index's text fields, with a `Warning` header. Default `refuse`.
   */
  readonly onEncoderFailure?: 'refuse' | 'full-text'
  /** Longest wait for the vector of a query, in milliseconds. Default 10,000. */
  readonly encodeTimeoutMs?: number
  /** Queries that are encoded or wait for it, an integer >= 1; more are treated as failures. Default 1,024. */
  readonly maxPendingQueries?: number
  /** Told of every query that a rule met. */
  readonly onEvent?: (event: RuleEvent) => void
}

/** {@link RewriterOptions} with their defaults. */
export interface NormalizedOptions extends Readonly<Required<Omit<RewriterOptions, 'rules' | 'twoPhase'>>> {
  readonly rules: readonly NormalizedRule[]
  readonly twoPhase: Readonly<Required<TwoPhaseOptions>> & { readonly byDefault: boolean }
}

const DEFAULTS = {
  modelNames: [],
  mappingCacheMs: 10_000,
  writeIndices: ['*'],
  onEncoderFailure: 'refuse',
  encodeTimeoutMs: 10_000,
  maxPendingQueries: 1024,
  onEvent: () => undefined,
} as const

/** @throws ConfigurationError naming the option */
export function normalizeRewriterOptions(options: RewriterOptions): NormalizedOptions {
  const { rules = [], twoPhase = {}, ...rest } = options
  const { byDefault = false, ...phases } = twoPhase
  const normalized = { ...DEFAULTS, ...rest }
  const { mappingCacheMs, encodeTimeoutMs, maxPendingQueries } = normalized
  if (!(mappingCacheMs >= 0 && Number.isFinite(mappingCacheMs)))
    throw new ConfigurationError('mappingCacheMs', 'must be a finite number >= 0', mappingCacheMs)
  for (const [option, value] of Object.entries({ encodeTimeoutMs, maxPendingQueries }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new ConfigurationError(option, 'must be an integer >= 1', value)
  return Object.freeze({
    ...normalized,
    rules: normalizeRules(rules),
    twoPhase: { ...normalizeTwoPhaseOptions(phases), byDefault },
  })
}
