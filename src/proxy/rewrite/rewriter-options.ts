import type { Encoder } from '../../encoder/encoder.js'
import { ConfigurationError } from '../../errors.js'

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
}

const DEFAULT_MAPPING_CACHE_MS = 10_000

/** @throws ConfigurationError naming the option */
export function normalizeRewriterOptions(options: RewriterOptions): Readonly<Required<RewriterOptions>> {
  const { encoders, modelNames = [], mappingCacheMs = DEFAULT_MAPPING_CACHE_MS } = options
  if (!(mappingCacheMs >= 0 && Number.isFinite(mappingCacheMs)))
    throw new ConfigurationError('mappingCacheMs', 'must be a finite number >= 0', mappingCacheMs)
  return Object.freeze({ encoders, modelNames, mappingCacheMs })
}
