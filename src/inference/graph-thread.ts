import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { InferenceSession } from 'onnxruntime-node'
import type { GraphOutputs, RunRequest, WorkerMessage, WorkerSetup } from './worker-protocol.js'

/** Whoever waits for a worker's next message. */
interface Waiting {
  readonly resolve: (message: WorkerMessage) => void
  readonly reject: (error: Error) => void
}

/** Flags of the workers that are in native code. */
const busyFlags = new Set<Int32Array<SharedArrayBuffer>>()

/**
 * A thread with one session, which does one run at a time. It keeps the process alive while it works and at no
 * other time.
 */
export class GraphThread {
  private readonly worker: Worker
  private readonly busy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  private waiting: Waiting | undefined
  /** Why the thread ended; undefined while it lives. */
  private end: Error | undefined

  private constructor(model: Uint8Array, sessionOptions: InferenceSession.SessionOptions) {
    const setup: WorkerSetup = { model, sessionOptions, busy: this.busy }
    this.worker = new Worker(new URL('./graph-worker.js', import.meta.url), { workerData: setup })
    this.worker.on('message', (message: WorkerMessage) => {
      this.takeWaiting()?.resolve(message)
    })
    this.worker.on('error', (error) => {
      this.fail(error)
    })
    this.worker.on('exit', (code) => {
      this.fail(new Error(`its thread ended with code ${code}`))
    })
  }

  /** @throws Error with onnxruntime's message if it refuses the model */
  static async open(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<GraphThread> {
    const thread = new GraphThread(model, options)
    const message = await thread.nextMessage()
    if (message.kind !== 'failed') return thread
    await thread.close()
    throw new Error(message.reason)
  }

  /**
   * The buffers of the feeds are handed over, and empty for the caller afterwards.
   *
   * @throws Error with onnxruntime's message, or saying why the thread has ended
   */
  async run(request: RunRequest): Promise<GraphOutputs> {
    const buffers = new Set(Object.values(request.feeds).map(({ data }) => data.buffer))
    const answer = this.nextMessage()
    this.worker.postMessage(request, [...buffers])
    const message = await answer
    if (message.kind === 'done') return message.outputs
    throw new Error(message.kind === 'failed' ? message.reason : 'its thread answered out of turn')
  }

  /** Only when no run is in flight: native code cannot be stopped. */
  async close(): Promise<void> {
    if (this.end !== undefined) return
    const ended = once(this.worker, 'exit')
    await this.worker.terminate()
    await ended
  }

  private nextMessage(): Promise<WorkerMessage> {
    if (this.end !== undefined) return Promise.reject(this.end)
    return new Promise((resolve, reject) => {
      Atomics.store(this.busy, 0, 1)
      busyFlags.add(this.busy)
      this.worker.ref()
      this.waiting = { resolve, reject }
    })
  }

  private takeWaiting(): Waiting | undefined {
    const { waiting } = this
    this.waiting = undefined
    busyFlags.delete(this.busy)
    this.worker.unref()
    return waiting
  }

  private fail(error: Error): void {
    this.end ??= error
    this.takeWaiting()?.reject(this.end)
  }
}

/**
 * A process that ends while a thread is in native code aborts: the binding cannot create its results any more and
 * throws where nobody can catch. So `process.exit` waits for the runs in flight, as it would have to anyway.
 */
process.on('exit', () => {
  for (const flag of busyFlags) Atomics.wait(flag, 0, 1)
})
