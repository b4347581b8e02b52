import type { JsonNode } from '../json/json-source.js'
import { membersOf } from '../json/read-node.js'
import { badQuery } from '../refuse.js'

/**
 * The options of one query, each read by its name; those that nobody asked for are refused, so that none is dropped
 * without a word.
 */
export class OptionReader {
  private readonly left: Map<string, JsonNode>

  /**
   * @param form how messages name the query, such as `neural_sparse`
   * @throws RefusedRequest for anything but an object
   */
  constructor(
    node: JsonNode,
    readonly form: string,
  ) {
    if (node.kind !== 'object') throw badQuery(`[${form}] query must be an object`)
    this.left = new Map(Array.from(membersOf(node).values(), ({ name, value }) => [name, value]))
  }

  has(name: string): boolean {
    return this.left.has(name)
  }

  /** A value of any kind. */
  any(name: string): JsonNode | undefined {
    const node = this.left.get(name)
    this.left.delete(name)
    return node
  }

  string(name: string): string | undefined {
    const value = this.scalar(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.refusal(name, 'must be a string')
  }

  boolean(name: string): boolean | undefined {
    const value = this.scalar(name)
    if (value === undefined || typeof value === 'boolean') return value
    throw this.refusal(name, 'must be true or false')
  }

  number(name: string): number | undefined {
    const value = this.scalar(name)
    const number = numberIn(value)
    if (value === undefined || number !== undefined) return number
    throw this.refusal(name, 'must be a number')
  }

  /** A finite number > 0 that is one as a 32-bit float, too. */
  positive(name: string): number | undefined {
    const value = this.number(name)
    if (value !== undefined && !(Math.fround(value) > 0 && Number.isFinite(Math.fround(value))))
      throw this.refusal(name, 'must be a finite number > 0', value)
    return value
  }

  /** Token -> weight > 0. */
  weights(name: string): ReadonlyMap<string, number> | undefined {
    const node = this.any(name)
    if (node === undefined) return undefined
    if (node.kind !== 'object') throw this.refusal(name, 'must be an object of tokens and their weights')
    return new Map(Array.from(node.members.values(), (token) => [token.name, this.weight(name, token)]))
  }

  /** The options below an option. */
  group(name: string): OptionReader | undefined {
    const node = this.any(name)
    return node && new OptionReader(node, `${this.form}.${name}`)
  }

  /**
   * To be called when all that is known has been read.
   *
   * @throws RefusedRequest naming the first option that was not
   */
  end(): void {
    const [unknown] = this.left.keys()
    if (unknown !== undefined) throw this.refusal(unknown, 'is not supported by splade-bridge')
  }

  refusal(option: string, rule: string, received?: unknown): Error {
    const shown = received === undefined ? '' : `, received ${JSON.stringify(received)}`
    return badQuery(`[${this.form}] query: [${option}] ${rule}${shown}`)
  }

  private weight(
    option: string,
    { name, value }: { readonly name: string; readonly value: JsonNode },
  ): number {
    const given = value.kind === 'scalar' ? value.value : undefined
    const weight = numberIn(given) ?? NaN
    if (Math.fround(weight) > 0 && Number.isFinite(Math.fround(weight))) return weight
    throw this.refusal(option, `must give token "${name}" a finite weight > 0`, given)
  }

  /** @returns undefined for an option that is not there, null for one that is no scalar */
  private scalar(name: string): string | number | boolean | null | undefined {
    const node = this.any(name)
    if (node === undefined) return undefined
    return node.kind === 'scalar' ? node.value : null
  }
}

/** Engines take a number as a string, too, as templates write it. */
function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const isNumber = typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)
  return isNumber ? Number(value) : undefined
}
