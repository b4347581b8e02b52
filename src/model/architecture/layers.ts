import { ELEMENT_TYPE } from '../onnx/proto.js'
import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'
import type { StoredTensor } from '../safetensors.js'
import type { BodyInputs } from './body-inputs.js'
import { multiplyByBlocks, multiplyByRows, scaleBlocks, scaleRows, scalesOf } from './quantized-layers.js'

/**
 * Building blocks shared by the architectures. Hidden states travel flat, `[batch * sequence, hidden]`, and
 * take their batch shape only inside attention: a matrix product then needs no transposed copy of a weight,
 * which PyTorch stores as `[out, in]`.
 */

/** Activations by their name in `config.json`; some have several. */
export const ACTIVATIONS = [
  ...(['gelu', 'gelu_python', 'gelu_new', 'gelu_fast', 'gelu_pytorch_tanh'] as const),
  ...(['relu', 'silu', 'swish'] as const),
] as const
export type Activation = (typeof ACTIVATIONS)[number]

/** `x @ weight^T + bias`. */
export interface Linear {
  /** `[out, in]`. */
  readonly weight: StoredTensor
  /** `[out]`. */
  readonly bias: StoredTensor | undefined
}

/** Layer normalisation over the hidden dimension. */
export interface Norm {
  /** `[hidden]`. */
  readonly scale: StoredTensor
  /** `[hidden]`. */
  readonly bias: StoredTensor | undefined
  readonly epsilon: number
}

/**
 * Writes a linear layer with the operator that suits how its matrix is stored. `x` may be a state or a factor; the
 * result is a factor, which {@link GraphBuilder.asState} makes a state.
 */
export function linear(graph: GraphBuilder, x: Value, { weight, bias }: Linear): Value {
  switch (weight.type) {
    case 'F32':
    case 'F16':
    case 'BF16':
      return multiplyByFloats(graph, graph.asFactor(x), graph.factor(weight), bias)
    case 'I8':
      if (graph.products === 'f32') return multiplyByFloats(graph, x, widenRows(graph, weight), bias)
      return addBias(graph, multiplyByRows(graph, x, weight), bias)
    case 'U8':
      return addBias(graph, multiplyByBlocks(graph, x, weight), bias)
  }
}

function multiplyByFloats(
  graph: GraphBuilder,
  x: Value,
  weight: Value,
  bias: StoredTensor | undefined,
): Value {
  const inputs = [x, weight]
  if (bias !== undefined) inputs.push(graph.factor(bias))
  return graph.op('Gemm', inputs, { transB: 1 })
}

/** An 8-bit matrix as 32-bit floats; folded when the session starts. */
function widenRows(graph: GraphBuilder, weight: StoredTensor): Value {
  const floats = graph.op('Cast', [graph.stored(weight)], { to: ELEMENT_TYPE.float32 })
  return scaleRows(graph, floats, graph.stored(scalesOf(weight)))
}

function addBias(graph: GraphBuilder, x: Value, bias: StoredTensor | undefined): Value {
  return bias === undefined ? x : graph.op('Add', [x, graph.weight(bias)])
}

/** @param x a state, as is what comes out */
export function layerNorm(graph: GraphBuilder, x: Value, { scale, bias, epsilon }: Norm): Value {
  const inputs = [x, graph.weight(scale)]
  if (bias !== undefined) inputs.push(graph.weight(bias))
  return graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } })
}

export function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'gelu':
    case 'gelu_python':
      return graph.op('Gelu', [x])
    case 'gelu_new':
    case 'gelu_fast':
    case 'gelu_pytorch_tanh':
      return graph.op('Gelu', [x], { approximate: 'tanh' })
    case 'relu':
      return graph.op('Relu', [x])
    case 'silu':
    case 'swish':
      return graph.op('Mul', [x, graph.op('Sigmoid', [x])])
  }
}

/** Rows of an embedding table; a table of fewer bits is widened after the look-up, row by row. */
export function lookUp(graph: GraphBuilder, table: StoredTensor, indices: Value): Value {
  const gather = (tensor: StoredTensor): Value => graph.op('Gather', [graph.stored(tensor), indices])
  const widened = (): Value => graph.op('Cast', [gather(table)], { to: ELEMENT_TYPE.float32 })
  switch (table.type) {
    case 'F32':
      return gather(table)
    case 'F16':
    case 'BF16':
      return widened()
    case 'I8':
      return scaleRows(graph, widened(), gather(scalesOf(table)))
    case 'U8':
      return scaleBlocks(graph, widened(), gather(scalesOf(table)), table)
  }
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

/** How an attention layer is cut into heads. */
export interface HeadShape {
  readonly heads: number
  readonly hiddenSize: number
}

/** Queries, keys and values of one attention layer: factors, `[batch, sequence, hidden]`. */
export interface AttentionStates {
  readonly query: Value
  readonly key: Value
  readonly value: Value
}

/**
 * Full attention over each sequence, by onnxruntime's fused operator. Without a mask it runs as flash
 * attention, whose memory grows with the sequence and not with its square; on a GPU in 16 bits only.
 *
 * @returns a factor, `[batch, sequence, hidden]`
 */
export function fullAttention(
  graph: GraphBuilder,
  { query, key, value }: AttentionStates,
  { heads }: HeadShape,
  { mask }: Pick<BodyInputs, 'mask'>,
): Value {
  const factors = [query, key, value]
  // Input 3 is a bias on the projections, which `linear` has added already.
  if (mask !== undefined) factors.push('', mask)
  return graph.op('MultiHeadAttention', factors, { num_heads: heads }, MICROSOFT)
}
