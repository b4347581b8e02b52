import { createSession, type SessionOptions } from '../inference/splade-session.js'
import type { ModelBundle } from '../model/bundle.js'
import { loadTokenizer } from '../tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js'
import type { Encoder } from './encoder.js'
import { createNeuralEncoder, type NeuralEncoderOptions } from './neural.js'
import { TokenWeightLookup } from './token-weights.js'

export interface LoadEncoderOptions
  extends SessionOptions, Pick<NeuralEncoderOptions, 'pruneDocuments' | 'pruneQueries' | 'maxBatchTokens'> {
  /** The model's own tokenizer, for a caller that has loaded it already. */
  readonly tokenizer?: TextTokenizer
}

/**
 * Starts tokenizer and session of a model.
 *
 * @throws ModelError if the tokenizer's or the graph's files cannot be used
 */
export async function loadNeuralEncoder(
  bundle: ModelBundle,
  options: LoadEncoderOptions = {},
): Promise<Encoder> {
  const { tokenizer = loadTokenizer(bundle.tokenizerFiles) } = options
  const session = await createSession(bundle, options)
  const { name, fingerprint, maxTokens } = bundle
  const queryLookup = openLookup(bundle, tokenizer)
  return createNeuralEncoder({
    ...options,
    identity: { name, fingerprint },
    tokenizer,
    session,
    maxTokens,
    ...(queryLookup !== undefined && { queryLookup }),
  })
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
