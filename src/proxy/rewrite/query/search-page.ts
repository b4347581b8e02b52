import type { JsonNode } from '../json/json-source.js'
import { memberOf } from '../json/read-node.js'

/** The part of all its hits that a search asks for. */
export interface SearchPage {
  /** Hits before it; NaN for what is no number >= 0, which engines refuse. */
  readonly from: number
  /** Hits of it; NaN as above. */
  readonly size: number
}

/** Hits of a search that names no size. */
const DEFAULT_SIZE = 10

/**
 * The page as engines read it: the address counts before the body.
 *
 * @param defaultSize hits of a search that names no size. Default 10
 */
export function pageOf(
  body: JsonNode | undefined,
  parameters: URLSearchParams,
  defaultSize = DEFAULT_SIZE,
): SearchPage {
  const numberAt = (name: 'from' | 'size', byDefault: number): number => {
    const parameter = parameters.get(name)
    if (parameter !== null) return /^\d+$/.test(parameter) ? Number(parameter) : NaN
    const node = memberOf(body, name)
    return node === undefined ? byDefault : wholeNumber(node)
  }
  return { from: numberAt('from', 0), size: numberAt('size', defaultSize) }
}

/** Engines take numbers as strings, too, and drop what is behind the point. */
function wholeNumber(node: JsonNode): number {
  const value = node.kind === 'scalar' ? node.value : null
  if (typeof value === 'string' && value.trim() === '') return NaN
  const number = typeof value === 'string' || typeof value === 'number' ? Math.trunc(Number(value)) : NaN
  return number >= 0 && Number.isFinite(number) ? number : NaN
}
