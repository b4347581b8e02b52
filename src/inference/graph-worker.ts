import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import * as ort from 'onnxruntime-node'
import type { GraphOutputs, GraphTensor, RunRequest, WorkerMessage, WorkerSetup } from './worker-protocol.js'

/**
 * Entry of a worker thread that holds one session. onnxruntime's binding for Node loads and runs a graph in one
 * native call that blocks its thread; here it blocks nobody.
 */
async function serve(port: MessagePort, { model, sessionOptions, busy }: WorkerSetup): Promise<void> {
  const post = (message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
  }
  // Its errors are thrown as well; on standard error they would stand twice.
  ort.env.logLevel = 'fatal'
  try {
    const session = await ort.InferenceSession.create(model, sessionOptions)
    port.on('message', (request: RunRequest) => void answer(session, request, busy, post))
    post({ kind: 'ready' })
  } catch (error) {
    post({ kind: 'failed', reason: (error as Error).message })
  } finally {
    markIdle(busy)
  }
}

async function answer(
  session: ort.InferenceSession,
  { feeds, outputs }: RunRequest,
  busy: Int32Array,
  post: (message: WorkerMessage, transfer?: readonly ArrayBuffer[]) => void,
): Promise<void> {
  try {
    const results = await run(session, feeds, outputs)
    const buffers = Object.values(results).map(({ data }) => data.buffer)
    post({ kind: 'done', outputs: results }, [...new Set(buffers)])
  } catch (error) {
    post({ kind: 'failed', reason: (error as Error).message })
  } finally {
    markIdle(busy)
  }
}

async function run(
  session: ort.InferenceSession,
  feeds: RunRequest['feeds'],
  outputs: readonly string[],
): Promise<GraphOutputs> {
  const inputs = Object.entries(feeds).map(([name, { type, data, dims }]) => [
    name,
    new ort.Tensor(type, data, dims),
  ])
  const results = await session.run(Object.fromEntries(inputs) as Record<string, ort.Tensor>, outputs)
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, data, dims }]) => [
      name,
      { type, data, dims } as GraphTensor,
    ]),
  )
}

function markIdle(busy: Int32Array): void {
  Atomics.store(busy, 0, 0)
  Atomics.notify(busy, 0)
}

if (parentPort !== null) await serve(parentPort, workerData as WorkerSetup)
