import * as ort from 'onnxruntime-node'
import { EncodingError, ModelError } from '../errors.js'
import type { ModelBundle } from '../model/bundle.js'
import { GRAPH_OUTPUTS, type GraphInput, type ModelGraph } from '../model/graph.js'

/** Non-zero term weights of one text, in order of token id. */
export interface TermWeights {
  readonly tokenIds: Int32Array
  readonly weights: Float32Array
}

export interface SessionOptions {
  /** Threads of one run. Default: as many as the machine has physical cores. */
  readonly threads?: number
  /**
   * True: texts of one run may differ in length, and shorter ones are padded. Default false: a graph without a
   * mask, which is faster and whose attention takes memory in proportion to the length.
   */
  readonly padded?: boolean
}

/** Token ids -> pooled term weights, on the CPU. */
export interface SpladeSession {
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
 * @throws ModelError if onnxruntime refuses the graph or cannot read a weight file
 */
export async function createSession(
  bundle: ModelBundle,
  options: SessionOptions = {},
): Promise<SpladeSession> {
  const padded = options.padded ?? false
  const graph = await bundle.writeGraph({ padded })
  const { inputs } = graph
  const session = await openSession(graph, bundle.name, options)
  return {
    run: (batch) => runBatch({ session, inputs, padded, modelName: bundle.name }, batch),
    close: () => session.release(),
  }
}

interface OpenSession {
  readonly session: ort.InferenceSession
  readonly inputs: readonly GraphInput[]
  readonly padded: boolean
  readonly modelName: string
}

async function openSession(
  { model, dataDirectory }: ModelGraph,
  modelName: string,
  options: SessionOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads ?? 0,
      // Its warnings are about its own optimisations; its errors are thrown as well.
      logSeverityLevel: 4,
      extra: { session: { model_external_initializers_file_folder_path: dataDirectory } },
    })
  } catch (cause) {
    throw new ModelError(`onnxruntime cannot load model ${modelName}: ${(cause as Error).message}`, { cause })
  }
}

async function runBatch(
  { session, inputs, padded, modelName }: OpenSession,
  batch: readonly Int32Array[],
): Promise<readonly TermWeights[]> {
  const longest = batch.reduce((length, ids) => Math.max(length, ids.length), 0)
  if (!padded && batch.some((ids) => ids.length !== longest)) {
    throw new RangeError('texts of one run must have equal lengths in a session without padding')
  }
  if (batch.some((ids) => ids.length === 0))
    throw new RangeError('a text of a run must have at least one token')
  if (batch.length === 0) return []
  try {
    const feeds = Object.fromEntries(inputs.map((input) => [input.name, toTensor(input, batch, longest)]))
    // An export's own outputs stay where they are.
    return splitRows(await session.run(feeds, Object.values(GRAPH_OUTPUTS)), batch.length)
  } catch (cause) {
    throw new EncodingError(
      `model ${modelName} failed on ${batch.length} texts of up to ${longest} tokens: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/** `[texts, longest]`; token ids have zeros behind shorter texts, and the mask tells those from tokens. */
function toTensor({ content, type }: GraphInput, batch: readonly Int32Array[], longest: number): ort.Tensor {
  const values = new Int32Array(batch.length * longest)
  if (content === 'tokenIds')
    batch.forEach((ids, row) => {
      values.set(ids, row * longest)
    })
  if (content === 'mask')
    batch.forEach((ids, row) => values.fill(1, row * longest, row * longest + ids.length))
  const dims = [batch.length, longest]
  return type === 'int32'
    ? new ort.Tensor('int32', values, dims)
    : new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims)
}

/** `rows` is in ascending order, so each text's weights are one stretch of the outputs. */
function splitRows(
  outputs: ort.InferenceSession.OnnxValueMapType,
  batchSize: number,
): readonly TermWeights[] {
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
