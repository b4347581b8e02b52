import type { Architecture } from './architecture/architecture.js'
import { writeSpladeHead } from './architecture/splade-head.js'
import { GraphBuilder } from './onnx/graph-builder.js'
import type { PoolingConfig } from './pooling-config.js'

export interface GraphOptions {
  /** True: texts of one batch may differ in length, and an `attention_mask` input says where padding starts. */
  readonly padded: boolean
}

/** Names and shapes of a graph written here; the inference stage relies on them. */
export const GRAPH_INPUTS = { inputIds: 'input_ids', attentionMask: 'attention_mask' } as const

/**
 * Outputs: `rows` and `token_ids` (64-bit, `[nonzero]`) and `weights` (32-bit float, `[nonzero]`). Only what is
 * above zero leaves the runtime, some hundred numbers a text and not the whole vocabulary.
 */
export const GRAPH_OUTPUTS = { rows: 'rows', tokenIds: 'token_ids', weights: 'weights' } as const

/** Serialised ONNX model: token ids in, pooled term weights out. */
export function writeSpladeGraph(
  architecture: Architecture,
  pooling: PoolingConfig,
  options: GraphOptions,
): Uint8Array {
  const graph = new GraphBuilder()
  const inputIds = graph.input(GRAPH_INPUTS.inputIds, 'int64', ['batch', 'sequence'])
  const mask = options.padded
    ? graph.input(GRAPH_INPUTS.attentionMask, 'int32', ['batch', 'sequence'])
    : undefined
  const inputs = { inputIds, mask, batchAndSequence: graph.op('Shape', [inputIds]) }
  const states = architecture.writeBody(graph, inputs)
  const pooled = writeSpladeHead(graph, architecture, states, inputs, pooling)
  writeNonZeroOutputs(graph, pooled)
  return graph.build('splade')
}

function writeNonZeroOutputs(graph: GraphBuilder, pooled: string): void {
  const positions = graph.op('NonZero', [pooled])
  const weights = graph.op('GatherND', [pooled, graph.op('Transpose', [positions])])
  graph.output(GRAPH_OUTPUTS.rows, graph.op('Gather', [positions, graph.ints([0], [])]), 'int64', ['nonzero'])
  graph.output(GRAPH_OUTPUTS.tokenIds, graph.op('Gather', [positions, graph.ints([1], [])]), 'int64', [
    'nonzero',
  ])
  graph.output(GRAPH_OUTPUTS.weights, weights, 'float32', ['nonzero'])
}
