import type { ModelBundle } from '../model/bundle.js'
import { GRAPH_OUTPUTS, type GraphInput } from '../model/graph.js'
import { type DeviceName, type DeviceReport, openOnDevice, probeCuda } from './device.js'
import {
  type GraphOutputs,
  type GraphRunner,
  type GraphRunnerOptions,
  type GraphTensor,
  openGraphRunner,
} from './graph-runner.js'
import { paddedLength, paddedRows } from './length-buckets.js'

/** Non-zero term weights of one text, in order of token id. */
export interface TermWeights {
  readonly tokenIds: Int32Array
  readonly weights: Float32Array
}

export interface SessionOptions extends Omit<GraphRunnerOptions, 'provider'> {
  /** Default `auto`: CUDA where it works, else the CPU. */
  readonly device?: DeviceName
  /** Told once what computes. */
  readonly onDevice?: ((report: DeviceReport) => void) | undefined
  /**
   * True: texts of one run may differ in length, and shorter ones are padded. Default on the CPU false: a graph
   * without a mask, which is faster and whose attention takes memory in proportion to the length. On CUDA always
   * true, with few lengths and numbers of rows, since every new shape costs time there.
   */
  readonly padded?: boolean
}

/** Token ids -> pooled term weights. */
export interface SpladeSession {
  /** Runs that are computed at once. Default 1. */
  readonly workers?: number
  /** Tokens of a run that make good use of the device; more only take memory. */
  readonly batchTokens?: number
  /** Length that a text is padded to; texts of one such length make a good run. Default: the text's own. */
  readonly paddedLength?: (tokens: number) => number
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

/** Measured on two cores: larger runs are no faster, take more memory, and hold up the queries that come next. */
const CPU_BATCH_TOKENS = 1024

/** 32 texts of 512 tokens; twice as many are no faster. The logits of a chunk of the vocabulary take 268 MB, half in f16. */
const GPU_BATCH_TOKENS = 16_384

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
  const { device = 'auto', onDevice } = options
  const [session, report] = await openOnDevice(
    device,
    (provider) => (provider === 'cuda' ? openPaddedToBuckets(bundle, options) : openExact(bundle, options)),
    () => probeFor(bundle),
  )
  onDevice?.(report)
  return session
}

/** onnxruntime multiplies 8-bit matrices of these kinds on the CPU only; their states would travel there and back. */
async function probeFor({ name, precision }: ModelBundle): Promise<string | undefined> {
  if (precision === 'int8' || precision === 'int8-block')
    return `the weights of ${name} in ${precision} are for the CPU; f16 and f32 are for CUDA`
  return probeCuda()
}

async function openExact(bundle: ModelBundle, options: SessionOptions): Promise<SpladeSession> {
  const { padded = false } = options
  const graph = await bundle.writeGraph({ padded })
  const runner = await openGraphRunner(graph, bundle.name, options)
  return {
    workers: runner.workers,
    batchTokens: CPU_BATCH_TOKENS,
    run: async (batch) => {
      const longest = checkBatch(batch)
      if (!padded && batch.some((ids) => ids.length !== longest))
        throw new RangeError('texts of one run must have equal lengths in a session without padding')
      return runBatch(runner, graph.inputs, batch, longest)
    },
    close: () => runner.close(),
  }
}

async function openPaddedToBuckets(bundle: ModelBundle, options: SessionOptions): Promise<SpladeSession> {
  const graph = await bundle.writeGraph({ padded: true, halves: bundle.precision === 'f16' })
  const runner = await openGraphRunner(graph, bundle.name, { ...options, provider: 'cuda' })
  return sessionOverBuckets(runner, graph.inputs, bundle.maxTokens)
}

/**
 * A session whose runs have few shapes: texts are padded to {@link paddedLength}, and a run is filled up with its
 * last text.
 */
export function sessionOverBuckets(
  runner: GraphRunner,
  inputs: readonly GraphInput[],
  maxTokens: number,
): SpladeSession {
  const padTo = (tokens: number): number => paddedLength(tokens, maxTokens)
  return {
    workers: runner.workers,
    batchTokens: GPU_BATCH_TOKENS,
    paddedLength: padTo,
    run: async (batch) => {
      const longest = checkBatch(batch)
      const last = batch.at(-1)
      if (last === undefined) return []
      const filled = [...batch, ...Array<Int32Array>(paddedRows(batch.length) - batch.length).fill(last)]
      const rows = await runBatch(runner, inputs, filled, padTo(longest))
      return rows.slice(0, batch.length)
    },
    close: () => runner.close(),
  }
}

/** @returns the longest text's length */
function checkBatch(batch: readonly Int32Array[]): number {
  if (batch.some((ids) => ids.length === 0))
    throw new RangeError('a text of a run must have at least one token')
  return batch.reduce((length, ids) => Math.max(length, ids.length), 0)
}

async function runBatch(
  runner: GraphRunner,
  inputs: readonly GraphInput[],
  batch: readonly Int32Array[],
  length: number,
): Promise<readonly TermWeights[]> {
  if (batch.length === 0) return []
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, toTensor(input, batch, length)]))
  // An export's own outputs stay where they are.
  return splitRows(await runner.run(feeds, Object.values(GRAPH_OUTPUTS)), batch.length)
}

/** `[texts, length]`; token ids have zeros behind shorter texts, and the mask tells those from tokens. */
function toTensor({ content, type }: GraphInput, batch: readonly Int32Array[], length: number): GraphTensor {
  const values = new Int32Array(batch.length * length)
  if (content === 'tokenIds')
    batch.forEach((ids, row) => {
      values.set(ids, row * length)
    })
  if (content === 'mask') batch.forEach((ids, row) => values.fill(1, row * length, row * length + ids.length))
  const dims = [batch.length, length]
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
