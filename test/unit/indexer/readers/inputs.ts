import { createHash } from 'node:crypto'
import { streamInput, type Input } from '../../../../src/indexer/readers/input.js'

/** An input whose bytes come in pieces of `size`, so that lines, characters and frames are torn apart. */
export function tornInput(content: Uint8Array | string, size = 7, name = 'in.txt'): Input {
  return streamInput(inPieces(Buffer.from(content), size), name)
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size))
  }
}

export async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}

/** All bytes of a stream as text. */
export async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(source)).toString('utf8')
}

/** Digits that do not compress: the same in every run. */
export function noise(characters: number): string {
  let text = ''
  for (let block = 0; text.length < characters; block++) {
    text += createHash('sha512').update(String(block)).digest('hex')
  }
  return text.slice(0, characters)
}
