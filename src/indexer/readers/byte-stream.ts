/** Bytes that can be looked at before they are read. */
export interface PeekedBytes {
  /** The first bytes: as many as asked for, or all there are. */
  readonly head: Uint8Array
  /** All bytes, the first ones included; read them once. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>
}

/** Reads the first `count` bytes and gives them back together with a stream that still begins with them. */
export async function peek(source: AsyncIterable<Uint8Array>, count: number): Promise<PeekedBytes> {
  const iterator = source[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < count) {
    const next = await iterator.next()
    if (next.done === true) break
    chunks.push(next.value)
    size += next.value.length
  }
  const taken = Buffer.concat(chunks)
  return { head: taken.subarray(0, count), bytes: resume(taken, iterator) }
}

async function* resume(
  taken: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (taken.length > 0) yield taken
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

/** Tells how many bytes were taken from a stream, as they are taken. */
export async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  onBytes: (total: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  for await (const chunk of source) {
    total += chunk.length
    onBytes(total)
    yield chunk
  }
}

/** Takes exact numbers of bytes from a stream of chunks of any size. */
export class ByteReader {
  private readonly iterator: AsyncIterator<Uint8Array>
  private pending: Uint8Array = new Uint8Array(0)

  /** @param atEarlyEnd what to throw where the stream ends too early */
  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly atEarlyEnd: () => Error,
  ) {
    this.iterator = source[Symbol.asyncIterator]()
  }

  async isAtEnd(): Promise<boolean> {
    return !(await this.fill(1))
  }

  /** @returns exactly `count` bytes, valid as long as the chunk that they came in */
  async take(count: number): Promise<Uint8Array> {
    if (!(await this.fill(count))) throw this.atEarlyEnd()
    const bytes = this.pending.subarray(0, count)
    this.pending = this.pending.subarray(count)
    return bytes
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      if (!(await this.fill(1))) throw this.atEarlyEnd()
      const step = Math.min(left, this.pending.length)
      this.pending = this.pending.subarray(step)
      left -= step
    }
  }

  async close(): Promise<void> {
    await this.iterator.return?.()
  }

  private async fill(count: number): Promise<boolean> {
    while (this.pending.length < count) {
      const next = await this.iterator.next()
      if (next.done === true) return false
      this.pending = this.pending.length === 0 ? next.value : Buffer.concat([this.pending, next.value])
    }
    return true
  }
}
