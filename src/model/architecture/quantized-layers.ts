import { ModelError } from '../../errors.js'
import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'
import { BLOCK_ZERO_POINT } from '../precision.js'
import type { StoredTensor } from '../safetensors.js'

/** Activations of 8 bits: `x = (bytes - ZERO_POINT) * scales`. */
interface QuantizedStates {
  /** Unsigned, `[tokens, hidden]`. */
  readonly bytes: Value
  /** `[tokens, 1]`. */
  readonly scales: Value
}

/** Processors multiply unsigned activations by signed weights; 0 lies in the middle of the unsigned range. */
const ZERO_POINT = 128
const LARGEST = 127

/** Keeps the scale of a row of zeros above zero, far below any state of a model. */
const SMALLEST_ROW_MAXIMUM = 1e-20

/**
 * `x @ weight^T` in 8 bits, with a scale for each token and for each row of the weight.
 *
 * onnxruntime's own `DynamicQuantizeMatMul` takes one scale for all tokens of a run. A scale for each token costs
 * 7 % more time and gives a text the same weights whatever other texts share its batch.
 */
export function multiplyByRows(graph: GraphBuilder, x: Value, weight: StoredTensor): Value {
  const states = graph.once(`quantized ${x}`, () => quantize(graph, x))
  // Folded when the session starts; the file keeps rows together, so that they serve as embeddings too.
  const transposed = graph.op('Transpose', [graph.stored(weight)])
  const product = graph.op(
    'MatMulIntegerToFloat',
    [states.bytes, transposed, graph.scalar(1), graph.stored(scalesOf(weight)), graph.byte(ZERO_POINT)],
    {},
    MICROSOFT,
  )
  return graph.op('Mul', [product, states.scales])
}

function quantize(graph: GraphBuilder, x: Value): QuantizedStates {
  const maximum = graph.op('ReduceMax', [graph.op('Abs', [x]), graph.ints([1])], { keepdims: 0 })
  const safe = graph.op('Max', [maximum, graph.scalar(SMALLEST_ROW_MAXIMUM)])
  const scales = graph.op('Mul', [safe, graph.scalar(1 / LARGEST)])
  const zeroPoints = graph.op('Expand', [graph.byte(ZERO_POINT), graph.op('Shape', [scales])])
  return {
    bytes: graph.op('QuantizeLinear', [x, scales, zeroPoints], { axis: 0 }),
    scales: graph.op('Unsqueeze', [scales, graph.ints([1])]),
  }
}

/** `x @ weight^T` with a scale for each block of a row, of the weight and of the states alike. */
export function multiplyByBlocks(graph: GraphBuilder, x: Value, weight: StoredTensor): Value {
  const [outSize = 0, inSize = 0] = weight.shape
  const { blocks, blockSize } = blocksOf(weight)
  const inputs = [
    x,
    graph.stored({ ...weight, name: `${weight.name} in blocks`, shape: [outSize, blocks, blockSize] }),
    graph.stored(scalesOf(weight)),
  ]
  // Level 4 lets the operator turn its input to 8 bits.
  const attributes = { K: inSize, N: outSize, bits: 8, block_size: blockSize, accuracy_level: 4 }
  return graph.op('MatMulNBits', inputs, attributes, MICROSOFT)
}

/** Values of embedding rows from their 8 bits: `[…, hidden]` times `[…]`. */
export function scaleRows(graph: GraphBuilder, rows: Value, scales: Value): Value {
  return graph.op('Mul', [rows, graph.op('Unsqueeze', [scales, graph.ints([-1])])])
}

/** Values of embedding rows from their 8 bits: `[batch, sequence, hidden]` times `[batch, sequence, blocks]`. */
export function scaleBlocks(graph: GraphBuilder, rows: Value, scales: Value, table: StoredTensor): Value {
  const { blocks, blockSize } = blocksOf(table)
  const centred = graph.op('Sub', [rows, graph.scalar(BLOCK_ZERO_POINT)])
  const cut = graph.op('Reshape', [centred, graph.ints([0, 0, blocks, blockSize])])
  const scaled = graph.op('Mul', [cut, graph.op('Unsqueeze', [scales, graph.ints([-1])])])
  return graph.op('Reshape', [scaled, graph.ints([0, 0, blocks * blockSize])])
}

/** @throws ModelError if the file holds 8-bit values without their scales */
export function scalesOf({ name, file, shape, scales }: StoredTensor): StoredTensor {
  if (scales?.type !== 'F32' || scales.shape[0] !== shape[0]) {
    throw new ModelError(`${file}: tensor ${name} has 8 bits and no scale for each of its rows`)
  }
  return scales
}

function blocksOf(tensor: StoredTensor): { readonly blocks: number; readonly blockSize: number } {
  const blocks = scalesOf(tensor).shape[1] ?? 1
  return { blocks, blockSize: (tensor.shape[1] ?? 0) / blocks }
}
