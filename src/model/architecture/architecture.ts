import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { Linear } from './layers.js'

/** Graph inputs that a body reads. */
export interface BodyInputs {
  /** Token ids, 64-bit, `[batch, sequence]`. */
  readonly inputIds: Value
  /** 32-bit, `[batch, sequence]`, 1 for a token and 0 for padding on the right; absent where nothing is padded. */
  readonly mask: Value | undefined
  /** Runtime shape of both, `[2]`, 64-bit. */
  readonly batchAndSequence: Value
}

/** One masked language model, its tensors found and their shapes checked, ready to be written as a graph. */
export interface Architecture {
  readonly vocabularySize: number
  readonly hiddenSize: number
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number
  /** Writes the transformer up to, and with, the masked-LM head's transform: flat states `[batch * sequence, hidden]`. */
  writeBody(graph: GraphBuilder, inputs: BodyInputs): Value
  /** The head's projection onto the vocabulary, `[vocabulary, hidden]`, often tied to the token embeddings. */
  readonly decoder: Linear
}
