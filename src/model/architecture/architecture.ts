import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { BodyInputs } from './body-inputs.js'
import type { Linear } from './layers.js'

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
