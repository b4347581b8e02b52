import type { Readable } from 'node:stream'

/**
 * The chunks of a stream until it ends or the signal is aborted. A stream that stalls, such as a terminal nobody types
 * into, ends at once; it is closed then, so that it does not keep the process alive.
 */
export async function* untilAbort(
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks: AsyncIterator<Uint8Array> = stream.iterator({ destroyOnReturn: false })
  const stop = new Promise<'stopped'>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve('stopped')
    })
  })
  for (;;) {
    const next = signal.aborted ? 'stopped' : await Promise.race([chunks.next(), stop])
    if (next === 'stopped') {
      stream.destroy()
      return
    }
    if (next.done === true) return
    yield next.value
  }
}
