import type { Encoder } from '../encoder/encoder.js'
import { loadEncoder, type LoadEncoderOptions } from '../encoder/load.js'
import { readableToken } from '../encoder/locate-tokens.js'
import { ModelError } from '../errors.js'
import type { DeviceReport } from '../inference/device.js'
import { planWorkers, type Workload } from '../inference/worker-plan.js'
import { loadModel } from '../model/load-model.js'
import { type Precision, PRECISIONS } from '../model/precision.js'
import { loadTokenizer } from '../tokenizer/load-tokenizer.js'
import type { InferenceSettings } from './inference-settings.js'
import { CACHED, resolveModel } from './models.js'

/** What a command asks of a model with weights. */
export interface OpenModelOptions extends Pick<
  LoadEncoderOptions,
  'longTexts' | 'chunkTokens' | 'chunkOverlap' | 'pruneDocuments' | 'pruneQueries'
> {
  readonly inference?: InferenceSettings | undefined
  /** Default `bulk`: throughput before the time of a single text. */
  readonly workload?: Workload | undefined
  /** Told what computes. */
  readonly onDevice?: ((report: DeviceReport) => void) | undefined
}

/** @param model name of an installed model, or its folder */
export async function openInstalledEncoder(model: string, options: OpenModelOptions): Promise<Encoder> {
  const { inference, workload = 'bulk', ...encoding } = options
  const { precision, threads, device } = inference ?? {}
  const loaded = await loadModel(await resolveModel(model), { precision, ...CACHED })
  return loadEncoder(loaded, {
    ...encoding,
    ...planWorkers(workload, threads),
    ...(device !== undefined && { device }),
  })
}

/** The precision in which a model has this fingerprint; undefined for its own, or none. */
export async function precisionOfFingerprint(
  model: string,
  fingerprint: string,
): Promise<Precision | undefined> {
  const directory = await resolveModel(model)
  // The model's own first: nearly always it is the one.
  for (const precision of [undefined, ...PRECISIONS]) {
    const loaded = await loadModel(directory, { precision, ...CACHED }).catch((error: unknown) => {
      if (error instanceof ModelError) return undefined
      throw error
    })
    if (loaded?.fingerprint === fingerprint) return precision
  }
  return undefined
}

/** How a model's tokens read, from its tokenizer alone. */
export async function tokensOfModel(model: string): Promise<(token: string) => string> {
  const loaded = await loadModel(await resolveModel(model), CACHED)
  if (loaded.kind === 'gated-lexical') return (term) => term
  const tokenizer = loadTokenizer(loaded.tokenizerFiles)
  return (token) => readableToken(tokenizer, token)
}
