import { basename, resolve } from 'node:path'
import { withCorpusRarity } from '../encoder/corpus-rarity.js'
import type { Encoder } from '../encoder/encoder.js'
import { createLexicalEncoder } from '../encoder/lexical/lexical-encoder.js'
import type { LongTextOptions } from '../encoder/long-texts.js'
import type { PruneOptions } from '../encoder/pruning.js'
import type { EngineClient } from '../engine/client.js'
import { createIndexStatistics } from '../engine/corpus-statistics.js'
import { type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import type { DeviceReport } from '../inference/device.js'
import type { Workload } from '../inference/worker-plan.js'
import type { Precision } from '../model/precision.js'
import { ConfigurationError } from '../errors.js'
import { MAX_CLAUSES } from '../rank-features/query.js'
import { settingValue } from './context.js'
import { UsageError } from './exit.js'
import { type InferenceSettings, inferenceSettings } from './inference-settings.js'
import { withIndexLongTexts } from './long-text-flags.js'
import { isRemoteModel, LEXICAL_MODEL, listModels } from './models.js'
import type { RemoteOptions } from './remote-encoder.js'
import type { Settings } from './settings.js'

export interface OpenEncoderOptions {
  /** Default: keep every term. */
  readonly pruneDocuments?: PruneOptions
  /** Default: the encoder's own. */
  readonly longTexts?: LongTextOptions
  /** Where terms are counted that query weights follow, and how long the lexical encoder's average document is. */
  readonly corpus?: {
    readonly client: EngineClient
    readonly index: string
    readonly field: string
    readonly averageLength?: number
  }
  /** For an encoder server. */
  readonly remote?: Pick<RemoteOptions, 'apiKey' | 'tokenizer'>
  /** For a model with weights. */
  readonly inference?: InferenceSettings
  /** Default `bulk`: throughput before the time of a single text. */
  readonly workload?: Workload
  /** Told what computes. */
  readonly onDevice?: (report: DeviceReport) => void
}

/**
 * Opens the encoder that a `--model` value names. What reads and runs models is imported only for one: it takes a
 * command longer to start than all else.
 */
export async function openEncoder(model: string, options: OpenEncoderOptions = {}): Promise<Encoder> {
  if (model === LEXICAL_MODEL) return openLexicalEncoder(options)
  const { pruneDocuments, longTexts, remote, inference, workload, onDevice } = options
  const encoding = {
    ...longTexts,
    ...(pruneDocuments !== undefined && { pruneDocuments }),
    // More clauses than this no engine is sure to take; the dropped terms are the lightest.
    pruneQueries: { topK: MAX_CLAUSES },
  }
  if (isRemoteModel(model)) {
    const { openRemoteEncoder } = await import('./remote-encoder.js')
    return openRemoteEncoder(model, { ...remote, ...encoding })
  }
  const { openInstalledEncoder } = await import('./installed-model.js')
  const encoder = await openInstalledEncoder(model, { ...encoding, inference, workload, onDevice })
  const { corpus } = options
  return corpus === undefined
    ? encoder
    : withCorpusRarity(encoder, createIndexStatistics(corpus.client, corpus))
}

/** What the settings say about encoders. */
export function encoderSettings(settings: Settings): Pick<OpenEncoderOptions, 'remote' | 'inference'> {
  const { values } = settings
  const apiKey = values.get('encoderKey')?.value
  const tokenizer = values.get('tokenizer')?.value
  return {
    inference: inferenceSettings(settings),
    remote: { ...(apiKey !== undefined && { apiKey }), ...(tokenizer !== undefined && { tokenizer }) },
  }
}

function openLexicalEncoder({ corpus, pruneDocuments, longTexts = {} }: OpenEncoderOptions): Encoder {
  if (Object.keys(longTexts).length > 0) {
    throw new UsageError(
      `--long-texts, --chunk-tokens and --chunk-overlap do not apply to ${LEXICAL_MODEL}: it reads texts of any length`,
    )
  }
  if (pruneDocuments !== undefined) {
    throw new UsageError(
      `--prune does not apply to ${LEXICAL_MODEL}: its documents hold only their own terms`,
    )
  }
  if (corpus === undefined) return createLexicalEncoder()
  const { client, index, field, averageLength } = corpus
  return createLexicalEncoder({
    statistics: createIndexStatistics(client, { index, field }),
    ...(averageLength !== undefined && { averageLength }),
  })
}

/** An encoder with the index that it reads or writes. */
export interface IndexEncoder {
  readonly encoder: Encoder
  /** Undefined if the index does not exist yet. */
  readonly meta: IndexMeta | undefined
}

export interface IndexEncoderOptions extends Pick<
  OpenEncoderOptions,
  'pruneDocuments' | 'longTexts' | 'workload' | 'onDevice'
> {
  readonly averageLength?: number
  /** What the index says of itself, where the caller has looked; undefined for nothing. Default: it is read. */
  readonly meta?: IndexMeta | undefined
}

/**
 * Opens the encoder for an index: the model that the user asked for, or else the one that wrote the index. A model
 * asked for by name that did not write the index is refused later, with both names.
 *
 * @throws UsageError if the model that wrote the index is not installed, or pruning is asked of the lexical encoder
 * @throws ConfigurationError if `--average-length` is not the index's own
 */
export async function openIndexEncoder(
  client: EngineClient,
  settings: Settings,
  options: IndexEncoderOptions = {},
): Promise<IndexEncoder> {
  const index = settingValue(settings, 'index')
  const meta = 'meta' in options ? options.meta : await readIndexMeta(client, index)
  const model = await modelOf(settings, index, meta)
  const field = askedField(settings) ?? meta?.field ?? settingValue(settings, 'field')
  const averageLength = averageLengthOf(index, meta, options.averageLength)
  const corpus = { client, index, field, ...(averageLength !== undefined && { averageLength }) }
  const { inference, remote } = encoderSettings(settings)
  const precision = inference?.precision ?? (await precisionOf(model, meta))
  const encoder = await openEncoder(model, {
    ...options,
    longTexts: withIndexLongTexts(options.longTexts ?? {}, isOf(model, meta) ? meta : undefined),
    ...(remote && { remote }),
    inference: { ...inference, ...(precision !== undefined && { precision }) },
    corpus,
  })
  return { encoder, meta }
}

/** The vector field that was asked for; undefined where it is left to the index. */
export function askedField({ values }: Settings): string | undefined {
  const field = values.get('field')
  return field?.source === 'default' ? undefined : field?.value
}

/** Another model is refused later, and not for what the index says of long texts. */
function isOf(model: string, meta: IndexMeta | undefined): boolean {
  return isRemoteModel(model) || basename(resolve(model)) === meta?.encoder.name
}

/** The precision that wrote an index, told by its fingerprint; undefined where the model's own will do. */
export async function precisionOf(
  model: string,
  meta: IndexMeta | undefined,
): Promise<Precision | undefined> {
  if (meta === undefined || model === LEXICAL_MODEL || isRemoteModel(model)) return undefined
  const { precisionOfFingerprint } = await import('./installed-model.js')
  return precisionOfFingerprint(model, meta.encoder.fingerprint)
}

async function modelOf(settings: Settings, index: string, meta: IndexMeta | undefined): Promise<string> {
  const isAsked = settings.values.get('model')?.source !== 'default'
  if (isAsked || meta === undefined) return settingValue(settings, 'model')
  const { name } = meta.encoder
  const names = [LEXICAL_MODEL, ...(await listModels()).map((model) => model.name)]
  if (!names.includes(name)) {
    throw new UsageError(
      `index "${index}" was written by model ${name}, which is not installed here; name its folder with --model`,
    )
  }
  return name
}

function averageLengthOf(
  index: string,
  meta: IndexMeta | undefined,
  asked: number | undefined,
): number | undefined {
  const existing = meta?.averageLength
  if (existing !== undefined && asked !== undefined && existing !== asked) {
    throw new ConfigurationError(
      '--average-length',
      `must be ${existing}, which index "${index}" was created with`,
      asked,
    )
  }
  return existing ?? asked
}
