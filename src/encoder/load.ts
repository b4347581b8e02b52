import { ConfigurationError } from '../errors.js'
import { createGatedLexicalSession } from '../inference/gated-lexical-session.js'
import { createSession, type SessionOptions } from '../inference/splade-session.js'
import type { ModelBundle } from '../model/bundle.js'
import type { GatedLexicalModel } from '../model/gated-lexical/gated-lexical-model.js'
import type { Model } from '../model/load-model.js'
import { loadTokenizer } from '../tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js'
import type { Encoder } from './encoder.js'
import { createGatedLexicalEncoder, type QueryEncoder } from './gated-lexical/gated-lexical-encoder.js'
import type { LongTextOptions } from './long-texts.js'
import { createNeuralEncoder, type NeuralEncoderOptions } from './neural.js'
import { TokenWeightLookup } from './token-weights.js'

export interface LoadEncoderOptions
  extends
    SessionOptions,
    LongTextOptions,
    Pick<NeuralEncoderOptions, 'pruneDocuments' | 'pruneQueries' | 'maxBatchTokens'> {
  /** The model's own tokenizer, for a caller that has loaded it already. */
  readonly tokenizer?: TextTokenizer
  /** Of a gated lexical model: `idf` weighs queries without inference. Default `model`. */
  readonly queryEncoder?: QueryEncoder
}

/**
 * Starts tokenizer and session of a model of any kind.
 *
 * @throws ModelError if the tokenizer's or the graph's files cannot be used
 * @throws ConfigurationError for an option that breaks its rule, or does not apply to the model
 */
export function loadEncoder(model: Model, options: LoadEncoderOptions = {}): Promise<Encoder> {
  switch (model.kind) {
    case 'masked-lm':
      return loadNeuralEncoder(model, options)
    case 'gated-lexical':
      return loadGatedLexicalEncoder(model, options)
  }
}

/**
 * Starts tokenizer and session of a masked language model.
 *
 * @throws ModelError if the tokenizer's or the graph's files cannot be used
 */
export async function loadNeuralEncoder(
  bundle: ModelBundle,
  options: LoadEncoderOptions = {},
): Promise<Encoder> {
  const { tokenizer = loadTokenizer(bundle.tokenizerFiles) } = options
  const session = await createSession(bundle, options)
  const { name, fingerprint, maxTokens, prompts } = bundle
  const queryLookup = openLookup(bundle, tokenizer)
  return createNeuralEncoder({
    ...options,
    identity: { name, fingerprint },
    tokenizer,
    session,
    maxTokens,
    prompts,
    ...(queryLookup !== undefined && { queryLookup }),
  })
}

async function loadGatedLexicalEncoder(
  model: GatedLexicalModel,
  options: LoadEncoderOptions,
): Promise<Encoder> {
  requireOwnWindows(model.name, options)
  const { tokenizer = loadTokenizer(model.tokenizerFiles) } = options
  const session = await createGatedLexicalSession(model, options)
  return createGatedLexicalEncoder({ ...options, model, tokenizer, session })
}

/** Its windows are those that it was trained with. */
function requireOwnWindows(name: string, options: LongTextOptions): void {
  const { longTexts = 'merge' } = options
  const rule = `does not apply to ${name}, which reads long texts in windows of its own`
  if (longTexts !== 'merge') throw new ConfigurationError('longTexts', rule, longTexts)
  for (const option of ['chunkTokens', 'chunkOverlap'] as const)
    if (options[option] !== undefined) throw new ConfigurationError(option, rule, options[option])
}

function openLookup({ queryWeights }: ModelBundle, tokenizer: TextTokenizer): TokenWeightLookup | undefined {
  switch (queryWeights?.kind) {
    case undefined:
      return undefined
    case 'by-id':
      return new TokenWeightLookup(tokenizer, (id) => queryWeights.weights[id])
    case 'by-token':
      return new TokenWeightLookup(tokenizer, (_, token) => queryWeights.weights.get(token))
  }
}
