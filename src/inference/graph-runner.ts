import { ConfigurationError, EncodingError, ModelError } from '../errors.js'
import type { ModelGraph } from '../model/graph.js'
import { GraphThread } from './graph-thread.js'
import type { GraphFeeds, GraphOutputs } from './worker-protocol.js'

export type { GraphFeeds, GraphOutputs, GraphTensor } from './worker-protocol.js'

export interface GraphRunnerOptions {
  /** Threads of one run. Integer >= 1. Default: as many as the machine has physical cores. */
  readonly threads?: number
  /** Runs that are computed at once, each by a session of its own over the same weight file. Default 1. */
  readonly workers?: number
  /** What computes. With `cuda` there is one worker: the GPU does one run after the other anyway. Default `cpu`. */
  readonly provider?: 'cpu' | 'cuda'
  /** Number of the GPU, from 0. Default 0. */
  readonly deviceId?: number
}

/** A model's graph in onnxruntime, off the thread that calls it. */
export interface GraphRunner {
  /** Runs that are computed at once; further ones wait their turn. */
  readonly workers: number
  /**
   * @param feeds by input name; their buffers are handed over and are empty for the caller afterwards
   * @param outputs names of the outputs that are wanted
   * @throws EncodingError if the run fails, for example on a token id that the model does not have
   */
  run(feeds: GraphFeeds, outputs: readonly string[]): Promise<GraphOutputs>
  /** Finishes the runs that were handed in, then ends the threads. */
  close(): Promise<void>
}

/**
 * Loads a graph into onnxruntime, in worker threads. Weights are mapped from the model folder.
 *
 * @param modelName for error messages
 * @throws ConfigurationError for a number of threads or workers that is none
 * @throws ModelError if onnxruntime refuses the graph or cannot read a weight file
 */
export async function openGraphRunner(
  graph: ModelGraph,
  modelName: string,
  options: GraphRunnerOptions = {},
): Promise<GraphRunner> {
  const { workers = 1, threads = 1, provider = 'cpu' } = options
  requireCount('workers', workers)
  requireCount('threads', threads)
  const opened = await Promise.allSettled(
    Array.from({ length: provider === 'cuda' ? 1 : workers }, () => openThread(graph, modelName, options)),
  )
  const open = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const refusal = opened.find((result) => result.status === 'rejected')
  if (refusal === undefined) return new ThreadPool(open, modelName)
  await Promise.all(open.map((thread) => thread.close()))
  throw refusal.reason
}

async function openThread(
  { model, dataDirectory }: ModelGraph,
  modelName: string,
  { threads = 0, provider = 'cpu', deviceId = 0 }: GraphRunnerOptions,
): Promise<GraphThread> {
  try {
    return await GraphThread.open(model, {
      // Of CUDA's options the binding for Node passes on the device only, so no memory limit can be set here.
      executionProviders: [provider === 'cuda' ? { name: 'cuda', deviceId } : 'cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      // Its warnings are about its own optimisations; its errors are thrown as well.
      logSeverityLevel: 4,
      extra: {
        session: {
          model_external_initializers_file_folder_path: dataDirectory,
          // A thread that has nothing to do would otherwise burn its core for a while, which the engine, the other
          // worker or this process's own JavaScript could use. Beside other work, docs/models.md has the figures.
          intra_op: { allow_spinning: '0' },
        },
      },
    })
  } catch (cause) {
    throw new ModelError(`onnxruntime cannot load model ${modelName}: ${(cause as Error).message}`, { cause })
  }
}

/** Hands each run to a thread that has none. */
class ThreadPool implements GraphRunner {
  private readonly idle: GraphThread[]
  /** Those who wait for a thread, in order. */
  private readonly queue: ((thread: GraphThread) => void)[] = []
  private readonly inFlight = new Set<Promise<GraphOutputs>>()
  private closed = false

  constructor(
    private readonly threads: readonly GraphThread[],
    private readonly modelName: string,
  ) {
    this.idle = [...threads]
  }

  get workers(): number {
    return this.threads.length
  }

  run(feeds: GraphFeeds, outputs: readonly string[]): Promise<GraphOutputs> {
    if (this.closed) return Promise.reject(new EncodingError(`model ${this.modelName} is closed`))
    const run = this.runOnThread(feeds, outputs)
    this.inFlight.add(run)
    const forget = (): void => void this.inFlight.delete(run)
    run.then(forget, forget)
    return run
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.allSettled(this.inFlight)
    await Promise.all(this.threads.map((thread) => thread.close()))
  }

  private async runOnThread(feeds: GraphFeeds, outputs: readonly string[]): Promise<GraphOutputs> {
    const thread = this.idle.pop() ?? (await new Promise<GraphThread>((resolve) => this.queue.push(resolve)))
    try {
      return await thread.run({ feeds, outputs })
    } catch (cause) {
      const shapes = Object.entries(feeds).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`)
      throw new EncodingError(
        `model ${this.modelName} failed on ${shapes.join(', ')}: ${(cause as Error).message}`,
        { cause },
      )
    } finally {
      const next = this.queue.shift()
      if (next === undefined) this.idle.push(thread)
      else next(thread)
    }
  }
}

function requireCount(option: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1))
    throw new ConfigurationError(option, 'must be an integer >= 1', value)
}
