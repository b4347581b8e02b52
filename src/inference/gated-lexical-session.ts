import type { GatedLexicalModel } from '../model/gated-lexical/gated-lexical-model.js'
import type { Side } from '../model/gated-lexical/head-settings.js'
import { INPUT_IDS, SIDE_OUTPUTS } from '../model/gated-lexical/write-graph.js'
import { type GraphRunner, openGraphRunner } from './graph-runner.js'
import type { SessionOptions } from './splade-session.js'

/** What the model says of one window. */
export interface WindowReading {
  /** `[pieces, kinds]`, before the sigmoid, for the window's own pieces. */
  readonly gates: Float32Array
  /** Numbers of the strongest expansion terms. */
  readonly terms: Int32Array
  /** Their logits, strongest first; those above 0 have weight. */
  readonly logits: Float32Array
}

/** Windows of pieces -> gates and expansion logits. */
export interface GatedLexicalSession {
  /** Runs that are computed at once. Default 1. */
  readonly workers?: number
  /** Pieces of a run that make good use of the processor. */
  readonly batchTokens?: number
  /**
   * Reads several windows in one run.
   *
   * @param batch piece ids, boundary and prefix pieces included, all of one length
   * @param side whose heads read them
   * @returns one entry a window
   * @throws EncodingError if the run fails, for example on a piece id that the model does not have
   */
  run(batch: readonly Int32Array[], side: Side): Promise<readonly WindowReading[]>
  close(): Promise<void>
}

/** As for other models: larger runs leave the processor's caches. */
const BATCH_TOKENS = 1024

/**
 * Loads a model's graph into onnxruntime, always on the CPU: its CUDA part has no `MatMulIntegerToFloat`, and a body of
 * this size is fast enough without. Weights are mapped from the model folder.
 *
 * @throws ConfigurationError for a number of threads or workers that is none
 * @throws ModelError if onnxruntime refuses the graph or cannot read a weight file
 */
export async function createGatedLexicalSession(
  model: GatedLexicalModel,
  options: Omit<SessionOptions, 'padded'> = {},
): Promise<GatedLexicalSession> {
  const runner = await openGraphRunner(model.writeGraph(), model.name, options)
  options.onDevice?.({
    asked: options.device ?? 'auto',
    device: 'cpu',
    reason: 'models of this kind are computed on the CPU',
  })
  return {
    workers: runner.workers,
    batchTokens: BATCH_TOKENS,
    run: (batch, side) => runBatch(runner, batch, side),
    close: () => runner.close(),
  }
}

async function runBatch(
  runner: GraphRunner,
  batch: readonly Int32Array[],
  side: Side,
): Promise<readonly WindowReading[]> {
  const [first] = batch
  if (first === undefined) return []
  if (batch.some((ids) => ids.length !== first.length))
    throw new RangeError('windows of one run must have equal lengths')
  const data = new BigInt64Array(batch.length * first.length)
  batch.forEach((ids, row) => {
    data.set(Array.from(ids, BigInt), row * first.length)
  })
  const names = SIDE_OUTPUTS[side]
  const outputs = await runner.run(
    { [INPUT_IDS.name]: { type: 'int64', data, dims: [batch.length, first.length] } },
    Object.values(names) as string[],
  )
  const gates = outputs[names.gates]?.data as Float32Array
  const terms = Int32Array.from(outputs[names.terms]?.data as BigInt64Array, Number)
  const logits = outputs[names.logits]?.data as Float32Array
  const limit = terms.length / batch.length
  const perWindow = gates.length / batch.length
  return batch.map((_, row) => ({
    gates: gates.subarray(row * perWindow, (row + 1) * perWindow),
    terms: terms.subarray(row * limit, (row + 1) * limit),
    logits: logits.subarray(row * limit, (row + 1) * limit),
  }))
}
