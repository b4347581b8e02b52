import type { Encoder } from '../encoder/encoder.js'
import { createLexicalEncoder } from '../encoder/lexical/lexical-encoder.js'
import { loadNeuralEncoder } from '../encoder/load.js'
import type { PruneOptions } from '../encoder/pruning.js'
import type { EngineClient } from '../engine/client.js'
import { createIndexStatistics } from '../engine/corpus-statistics.js'
import { type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import { loadModelBundle } from '../model/bundle.js'
import { MAX_CLAUSES } from '../rank-features/query.js'
import { settingValue } from './context.js'
import { LEXICAL_MODEL, resolveModel } from './models.js'
import type { Settings } from './settings.js'

export interface OpenEncoderOptions {
  /** Default: keep every term. */
  readonly pruneDocuments?: PruneOptions
  /** Where the lexical encoder counts terms, and how long its average document is. */
  readonly corpus?: {
    readonly client: EngineClient
    readonly index: string
    readonly field: string
    readonly averageLength?: number
  }
}

/** Opens the encoder that a `--model` value names. */
export async function openEncoder(model: string, options: OpenEncoderOptions = {}): Promise<Encoder> {
  if (model === LEXICAL_MODEL) return openLexicalEncoder(options)
  const bundle = await loadModelBundle(await resolveModel(model))
  const { pruneDocuments } = options
  return loadNeuralEncoder(bundle, {
    ...(pruneDocuments !== undefined && { pruneDocuments }),
    // More clauses than this no engine is sure to take; the dropped terms are the lightest.
    pruneQueries: { topK: MAX_CLAUSES },
  })
}

function openLexicalEncoder({ corpus }: OpenEncoderOptions): Encoder {
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

/**
 * Opens the encoder for an index: the model that the user asked for, or else the one that wrote the index. A model
 * asked for by name that did not write the index is refused later, with both names.
 */
export async function openIndexEncoder(
  client: EngineClient,
  settings: Settings,
  options: Pick<OpenEncoderOptions, 'pruneDocuments'> & { readonly averageLength?: number } = {},
): Promise<IndexEncoder> {
  const index = settingValue(settings, 'index')
  const meta = await readIndexMeta(client, index)
  const asked = settings.values.get('model')?.source !== 'default'
  const model = !asked && meta !== undefined ? meta.encoder.name : settingValue(settings, 'model')
  const field = meta?.field ?? settingValue(settings, 'field')
  const averageLength = meta?.averageLength ?? options.averageLength
  const corpus = { client, index, field, ...(averageLength !== undefined && { averageLength }) }
  return { encoder: await openEncoder(model, { ...options, corpus }), meta }
}
