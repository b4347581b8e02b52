import * as ort from 'onnxruntime-node'
import { EncodingError, ModelError } from '../errors.js'
import type { ModelBundle } from '../model/bundle.js'
import { GRAPH_INPUTS, GRAPH_OUTPUTS } from '../model/graph.js'

/** Non-zero term weights of one text, in order of token id. */
export interface TermWeights {
  readonly tokenIds: Int32Array
  readonly weights: Float32Array
}

export interface SessionOptions {
  /** Threads of one run. Default: as many as the machine has physical cores. */
  readonly threads?: number
}

/** Token ids -> pooled term weights, on the CPU. */
export interface SpladeSession {
  /**
   * Encodes texts of equal length in one run.
   *
   * @param batch token ids, special tokens included; every row of the same length >= 1
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
  const session = await openSession(bundle, options)
  return {
    run: (batch) => runBatch(session, batch, bundle.name),
    close: () => session.release(),
  }
}

async function openSession(bundle: ModelBundle, options: SessionOptions): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(bundle.writeGraph({ padded: false }), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads ?? 0,
      // Its warnings are about its own optimisations; its errors are thrown as well.
      logSeverityLevel: 4,
      extra: { session: { model_external_initializers_file_folder_path: bundle.directory } },
    })
  } catch (cause) {
    throw new ModelError(`onnxruntime cannot load model ${bundle.name}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function runBatch(
  session: ort.InferenceSession,
  batch: readonly Int32Array[],
  modelName: string,
): Promise<readonly TermWeights[]> {
  const length = batch[0]?.length ?? 0
  if (batch.some((ids) => ids.length !== length))
    throw new RangeError('texts of one run must have equal lengths')
  if (length === 0) return batch.map(() => ({ tokenIds: new Int32Array(), weights: new Float32Array() }))
  try {
    const outputs = await session.run({ [GRAPH_INPUTS.inputIds]: toTensor(batch, length) })
    return splitRows(outputs, batch.length)
  } catch (cause) {
    throw new EncodingError(
      `model ${modelName} failed on ${batch.length} texts of ${length} tokens: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function toTensor(batch: readonly Int32Array[], length: number): ort.Tensor {
  const inputIds = new BigInt64Array(batch.length * length)
  batch.forEach((ids, row) => {
    ids.forEach((id, column) => (inputIds[row * length + column] = BigInt(id)))
  })
  return new ort.Tensor('int64', inputIds, [batch.length, length])
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
