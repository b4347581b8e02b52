import type { ModelBundle } from '../model/bundle.js'
import { GRAPH_OUTPUTS, type GraphInput } from '../model/graph.js'
import {
  type GraphOutputs,
  type GraphRunner,
  type GraphRunnerOptions,
  type GraphTensor,
  openGraphRunner,
} from './graph-runner.js'

/** Non-zero term weights of one text, in order of token id. */
export interface TermWeights {
  readonly tokenIds: Int32Array
  readonly weights: Float32Array
}

export interface SessionOptions extends GraphRunnerOptions {
  /**
   * True: texts of one run may differ in length, and shorter ones are padded. Default false: a graph without a
   * mask, which is faster and whose attention takes memory in proportion to the length.
   */
  readonly padded?: boolean
}

/** Token ids -> pooled term weights. */
export interface SpladeSession {
  /** Runs that are computed at once. Default 1. */
  readonly workers?: number
  /**
   * Encodes several texts in one run.
   *
   * @param batch token ids, special tokens included, at least one a text; all of one length unless the session
   *   is padded
   * @returns one entry a row
   * @throws EncodingError if the run fails, for example on a token id that the model does not have
   */
  run(batch: readonly Int32Array[]): Promise<readonly TermWeights[]>
  close(): Promise<void>
}

/**
 * Loads a model's graph into onnxruntime. Weights are mapped from the model folder.
 *
 * @throws ConfigurationError for a number of threads or workers that is none
 * @throws ModelError if onnxruntime refuses the graph or cannot read a weight file
 */
export async function createSession(
  bundle: ModelBundle,
  options: SessionOptions = {},
): Promise<SpladeSession> {
  const padded = options.padded ?? false
  const graph = await bundle.writeGraph({ padded })
  const runner = await openGraphRunner(graph, bundle.name, options)
  return {
    workers: runner.workers,
    run: (batch) => runBatch({ runner, inputs: graph.inputs, padded }, batch),
    close: () => runner.close(),
  }
}

interface OpenSession {
  readonly runner: GraphRunner
  readonly inputs: readonly GraphInput[]
  readonly padded: boolean
}

async function runBatch(
  { runner, inputs, padded }: OpenSession,
  batch: readonly Int32Array[],
): Promise<readonly TermWeights[]> {
  const longest = batch.reduce((length, ids) => Math.max(length, ids.length), 0)
  if (!padded && batch.some((ids) => ids.length !== longest)) {
    throw new RangeError('texts of one run must have equal lengths in a session without padding')
  }
  if (batch.some((ids) => ids.length === 0))
    throw new RangeError('a text of a run must have at least one token')
  if (batch.length === 0) return []
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, toTensor(input, batch, longest)]))
  // An export's own outputs stay where they are.
  return splitRows(await runner.run(feeds, Object.values(GRAPH_OUTPUTS)), batch.length)
}

/** `[texts, longest]`; token ids have zeros behind shorter texts, and the mask tells those from tokens. */
function toTensor({ content, type }: GraphInput, batch: readonly Int32Array[], longest: number): GraphTensor {
  const values = new Int32Array(batch.length * longest)
  if (content === 'tokenIds')
    batch.forEach((ids, row) => {
      values.set(ids, row * longest)
    })
  if (content === 'mask')
    batch.forEach((ids, row) => values.fill(1, row * longest, row * longest + ids.length))
  const dims = [batch.length, longest]
  return type === 'int32'
    ? { type, data: values, dims }
    : { type, data: BigInt64Array.from(values, BigInt), dims }
}

/** `rows` is in ascending order, so each text's weights are one stretch of the outputs. */
function splitRows(outputs: GraphOutputs, batchSize: number): readonly TermWeights[] {
  const rows = outputs[GRAPH_OUTPUTS.rows]?.data as BigInt64Array
  const tokenIds = outputs[GRAPH_OUTPUTS.tokenIds]?.data as BigInt64Array
  const weights = outputs[GRAPH_OUTPUTS.weights]?.data as Float32Array
  const result: TermWeights[] = []
  let start = 0
  for (let row = 0; row < batchSize; row++) {
    let end = start
    while (end < rows.length && rows[end] === BigInt(row)) end++
    result.push({
      tokenIds: Int32Array.from(tokenIds.subarray(start, end), Number),
      weights: weights.slice(start, end),
    })
    start = end
  }
  return result
}
