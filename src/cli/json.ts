import type { SparseVector } from '../sparse-vector.js'

/**
 * A vector as a JSON object, heaviest token first. Written by hand: a JavaScript object would move tokens that
 * look like numbers to the front, and take `__proto__` for something else.
 */
export function vectorToJson(vector: Iterable<readonly [string, number]>): string {
  return `{${Array.from(vector, ([token, weight]) => `${JSON.stringify(token)}:${JSON.stringify(weight)}`).join(',')}}`
}

/** One line of `encode --json`. */
export function encodingToJson(text: string, vector: SparseVector, top: number): string {
  const shown = [...vector].slice(0, top)
  return `{"text":${JSON.stringify(text)},"activeTokens":${vector.size},"tokens":${vectorToJson(shown)}}`
}
