import { createSession, type SessionOptions } from '../inference/splade-session.js'
import type { ModelBundle } from '../model/bundle.js'
import { loadTokenizer } from '../tokenizer/load-tokenizer.js'
import type { Encoder } from './encoder.js'
import { createNeuralEncoder, type NeuralEncoderOptions } from './neural.js'

export type LoadEncoderOptions = SessionOptions &
  Pick<NeuralEncoderOptions, 'pruneDocuments' | 'pruneQueries' | 'maxBatchTokens'>

/**
 * Starts tokenizer and session of a model.
 *
 * @throws ModelError if the tokenizer's or the graph's files cannot be used
 */
export async function loadNeuralEncoder(
  bundle: ModelBundle,
  options: LoadEncoderOptions = {},
): Promise<Encoder> {
  const tokenizer = loadTokenizer(bundle.tokenizerFiles)
  const session = await createSession(bundle, options)
  const { name, fingerprint, maxTokens } = bundle
  return createNeuralEncoder({ ...options, identity: { name, fingerprint }, tokenizer, session, maxTokens })
}
