import type { Encoding } from '../encoder/encoder.js'
import type { SparseVector } from '../sparse-vector.js'

/**
 * A vector as a JSON object, heaviest token first. Written by hand: a JavaScript object would move tokens that
 * look like numbers to the front, and take `__proto__` for something else.
 */
export function vectorToJson(vector: Iterable<readonly [string, number]>): string {
  return `{${Array.from(vector, ([token, weight]) => `${JSON.stringify(token)}:${JSON.stringify(weight)}`).join(',')}}`
}

/** One line of `encode --json`; with the chunks, where the encoder kept them. */
export function encodingToJson(text: string, { vector, chunks }: Encoding, top: number): string {
  const tokens = (shown: SparseVector): string => vectorToJson([...shown].slice(0, top))
  const parts = chunks?.map(
    ({ span: [start, end], vector: part }) => `{"start":${start},"end":${end},"tokens":${tokens(part)}}`,
  )
  const rest = parts === undefined ? '' : `,"chunks":[${parts.join(',')}]`
  return `{"text":${JSON.stringify(text)},"activeTokens":${vector.size},"tokens":${tokens(vector)}${rest}}`
}
