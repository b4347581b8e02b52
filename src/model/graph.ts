import type { Architecture } from './architecture/architecture.js'
import { writeSpladeHead } from './architecture/splade-head.js'
import { GraphBuilder, type Value } from './onnx/graph-builder.js'
import type { PoolingConfig } from './pooling-config.js'

export interface GraphOptions {
  /** True: texts of one batch may differ in length, and a mask says where padding starts. */
  readonly padded: boolean
  /**
   * Compute matrix products in 16 bits, as GPUs do best; not for graphs that come from an export. Default false: on a CPU
   * 16 bits are no faster.
   */
  readonly halves?: boolean
}

/** One input of a graph, `[batch, sequence]`. */
export interface GraphInput {
  readonly name: string
  /** `tokenTypes` are all 0: one text a sequence. */
  readonly content: 'tokenIds' | 'mask' | 'tokenTypes'
  readonly type: 'int32' | 'int64'
}

/** A graph that ends in pooled term weights, ready for onnxruntime. */
export interface ModelGraph {
  /** Serialised ONNX model. */
  readonly model: Uint8Array
  readonly inputs: readonly GraphInput[]
  /** Folder of the weight files that the model names. */
  readonly dataDirectory: string
}

/**
 * Outputs of every graph: the row in the batch and the token id (64-bit, `[nonzero]`) and the weight (32-bit
 * float, `[nonzero]`) of each term above zero, rows in order. Only these leave the runtime, some hundred numbers a
 * text and not the whole vocabulary.
 */
export const GRAPH_OUTPUTS = {
  rows: 'splade_rows',
  tokenIds: 'splade_token_ids',
  weights: 'splade_weights',
} as const

const INPUT_IDS: GraphInput = { name: 'input_ids', content: 'tokenIds', type: 'int64' }
const MASK: GraphInput = { name: 'attention_mask', content: 'mask', type: 'int32' }

/** Token ids in, pooled term weights out, over weights that lie in safetensors files. */
export function writeSpladeGraph(
  architecture: Architecture,
  pooling: PoolingConfig,
  { padded, halves = false }: GraphOptions,
): Pick<ModelGraph, 'model' | 'inputs'> {
  const graph = new GraphBuilder({ halves })
  const inputs = padded ? [INPUT_IDS, MASK] : [INPUT_IDS]
  const [inputIds = '', mask] = inputs.map(({ name, type }) => graph.input(name, type, ['batch', 'sequence']))
  const values = { inputIds, mask, batchAndSequence: graph.op('Shape', [inputIds]) }
  const states = architecture.writeBody(graph, values)
  writeNonZeroOutputs(graph, writeSpladeHead(graph, architecture, states, values, pooling))
  return { model: graph.build('splade'), inputs }
}

/** @param pooled term weights, `[batch, vocabulary]` */
export function writeNonZeroOutputs(graph: GraphBuilder, pooled: Value): void {
  const positions = graph.op('NonZero', [pooled])
  const weights = graph.op('GatherND', [pooled, graph.op('Transpose', [positions])])
  const column = (index: number): Value => graph.op('Gather', [positions, graph.ints([index], [])])
  graph.output(GRAPH_OUTPUTS.rows, column(0), 'int64', ['nonzero'])
  graph.output(GRAPH_OUTPUTS.tokenIds, column(1), 'int64', ['nonzero'])
  graph.output(GRAPH_OUTPUTS.weights, weights, 'float32', ['nonzero'])
}
