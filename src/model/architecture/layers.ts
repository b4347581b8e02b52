import { ELEMENT_TYPE } from '../onnx/proto.js'
import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'
import type { StoredTensor } from '../safetensors.js'

/**
 * Building blocks shared by the architectures. Hidden states travel flat, `[batch * sequence, hidden]`, and
 * take their batch shape only inside attention: a matrix product then needs no transposed copy of a weight,
 * which PyTorch stores as `[out, in]`.
 */

/** Activations by their name in `config.json`. */
export const ACTIVATIONS = ['gelu', 'gelu_new', 'gelu_pytorch_tanh', 'relu', 'silu'] as const
export type Activation = (typeof ACTIVATIONS)[number]

/** `x @ weight^T + bias`. */
export function linear(graph: GraphBuilder, x: Value, weight: StoredTensor, bias?: StoredTensor): Value {
  const inputs = [x, graph.weight(weight)]
  if (bias !== undefined) inputs.push(graph.weight(bias))
  return graph.op('Gemm', inputs, { transB: 1 })
}

/** Normalisation over the last dimension, with an optional bias. */
export function layerNorm(
  graph: GraphBuilder,
  x: Value,
  epsilon: number,
  scale: StoredTensor,
  bias?: StoredTensor,
): Value {
  const inputs = [x, graph.weight(scale)]
  if (bias !== undefined) inputs.push(graph.weight(bias))
  return graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } })
}

export function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'gelu':
      return graph.op('Gelu', [x])
    case 'gelu_new':
    case 'gelu_pytorch_tanh':
      return graph.op('Gelu', [x], { approximate: 'tanh' })
    case 'relu':
      return graph.op('Relu', [x])
    case 'silu':
      return graph.op('Mul', [x, graph.op('Sigmoid', [x])])
  }
}

/** Rows of an embedding table; a table stored in 16 bits is widened after the look-up, row by row. */
export function lookUp(graph: GraphBuilder, table: StoredTensor, indices: Value): Value {
  const rows = graph.op('Gather', [graph.stored(table), indices])
  return table.type === 'F32' ? rows : graph.op('Cast', [rows], { to: ELEMENT_TYPE.float32 })
}

/** `[batch * sequence, width]` -> `[batch, sequence, width]`, with `batchAndSequence` as the runtime shape. */
export function unflatten(graph: GraphBuilder, x: Value, batchAndSequence: Value, width: number): Value {
  const shape = graph.op('Concat', [batchAndSequence, graph.ints([width])], { axis: 0 })
  return graph.op('Reshape', [x, shape])
}

/** `[batch, sequence, width]` -> `[batch * sequence, width]`. */
export function flatten(graph: GraphBuilder, x: Value, width: number): Value {
  return graph.op('Reshape', [x, graph.ints([-1, width])])
}

export interface AttentionInputs {
  /** Flat queries, keys and values, `[batch * sequence, hidden]`. */
  readonly query: Value
  readonly key: Value
  readonly value: Value
  readonly heads: number
  readonly hiddenSize: number
  /** Runtime shape `[2]`. */
  readonly batchAndSequence: Value
  /** `[batch, sequence]`, 1 for a token and 0 for padding, 32-bit; absent where nothing is padded. */
  readonly mask: Value | undefined
}

/**
 * Full attention over each sequence, by onnxruntime's fused operator. Without a mask it runs as flash
 * attention, whose memory grows with the sequence and not with its square.
 */
export function attention(graph: GraphBuilder, inputs: AttentionInputs): Value {
  const { heads, hiddenSize, batchAndSequence, mask } = inputs
  const states = [inputs.query, inputs.key, inputs.value].map((x) =>
    unflatten(graph, x, batchAndSequence, hiddenSize),
  )
  // Input 3 is a bias on the projections, which `linear` has added already.
  if (mask !== undefined) states.push('', mask)
  return flatten(graph, graph.op('MultiHeadAttention', states, { num_heads: heads }, MICROSOFT), hiddenSize)
}
