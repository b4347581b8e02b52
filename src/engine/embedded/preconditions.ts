import { createServer } from 'node:net'
import { freemem, totalmem } from 'node:os'
import { EmbeddedEngineError } from '../../errors.js'

/** Threads, class data and buffers of a node beside its heap, measured at about 250 MiB with a small heap. */
const OUTSIDE_HEAP_MB = 256

const MB = 1024 * 1024

/**
 * Checks that nothing listens on a port of 127.0.0.1; 0 always passes.
 *
 * @throws EmbeddedEngineError if the port cannot be listened on
 */
export async function requireFreePort(port: number): Promise<void> {
  if (port === 0) return
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(portError(port, cause))
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve)
  })
  await new Promise((resolve) => server.close(resolve))
}

function portError(port: number, cause: NodeJS.ErrnoException): EmbeddedEngineError {
  if (cause.code === 'EADDRINUSE') return portTaken(port, cause)
  return new EmbeddedEngineError(`port ${port} of 127.0.0.1 cannot be used: ${cause.message}`, { cause })
}

/** The one message for a port that something else holds, found before the start or by the node itself. */
export function portTaken(port: number, cause?: unknown): EmbeddedEngineError {
  return new EmbeddedEngineError(
    `port ${port} of 127.0.0.1 is taken: stop what listens there, choose another port, or leave the port out for a free one`,
    { cause },
  )
}

/**
 * Checks that a heap of this size fits into the memory that is free now.
 *
 * @throws EmbeddedEngineError naming both sizes
 */
export function requireMemory(heapMb: number): void {
  const availableMb = Math.floor(availableMemory() / MB)
  const neededMb = heapMb + OUTSIDE_HEAP_MB
  if (neededMb <= availableMb) return
  throw new EmbeddedEngineError(
    `a heap of ${heapMb} MiB does not fit: the node needs about ${neededMb} MiB and ${availableMb} MiB are free. ` +
      'Choose a smaller heap (512 MiB is enough for small indices) or close other programs',
  )
}

/**
 * Bytes that a new process may use. Only Linux tells what is really available; elsewhere "free" leaves out what
 * the system gives back on demand, so the machine's size is the only safe bound. A container's limit counts.
 */
function availableMemory(): number {
  const machine = process.platform === 'linux' ? freemem() : totalmem()
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(machine, limit) : machine
}
