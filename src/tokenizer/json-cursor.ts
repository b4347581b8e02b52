import { ModelError } from '../errors.js'

/** A place in a parsed JSON file; reads values and says where a rule is broken and what was found there. */
export class JsonCursor {
  /**
   * @param value what stands there; undefined for nothing
   * @param path file name, then `: `, then the keys that lead there
   */
  constructor(
    private readonly value: unknown,
    private readonly path: string,
  ) {}

  /** The root of a parsed file. */
  static root(value: unknown, fileName: string): JsonCursor {
    return new JsonCursor(value, fileName)
  }

  /** False for a missing key and for null. */
  get isPresent(): boolean {
    return this.value !== undefined && this.value !== null
  }

  /** True for a string. */
  get isString(): boolean {
    return typeof this.value === 'string'
  }

  /** True for an object that is not an array. */
  get isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
  }

  /** True for an array. */
  get isArray(): boolean {
    return Array.isArray(this.value)
  }

  /** The value under a key of this object; an absent cursor if the key, or this object, is missing. */
  at(key: string): JsonCursor {
    const path = this.path.includes(': ') ? `${this.path}.${key}` : `${this.path}: ${key}`
    if (!this.isPresent) return new JsonCursor(undefined, path)
    return new JsonCursor(Object.hasOwn(this.object(), key) ? this.object()[key] : undefined, path)
  }

  /** @throws {ModelError} unless an object stands here */
  object(): Readonly<Record<string, unknown>> {
    if (!this.isObject) this.fail('must be an object')
    return this.value as Readonly<Record<string, unknown>>
  }

  /** The entries of the object here, in file order. */
  entries(): readonly (readonly [string, JsonCursor])[] {
    return Object.keys(this.object()).map((key) => [key, this.at(key)])
  }

  /** @throws {ModelError} unless an array stands here */
  array(): readonly unknown[] {
    if (!Array.isArray(this.value)) this.fail('must be an array')
    return this.value
  }

  /** The items of the array here; none for an absent value. */
  items(): readonly JsonCursor[] {
    if (!this.isPresent) return []
    return this.array().map((item, index) => new JsonCursor(item, `${this.path}[${index}]`))
  }

  /** @param fallback the value if nothing stands here; without it, absence breaks the rule */
  string(fallback?: string): string {
    if (!this.isPresent && fallback !== undefined) return fallback
    if (typeof this.value !== 'string') this.fail('must be a string')
    return this.value
  }

  /** @param fallback the value if nothing stands here; without it, absence breaks the rule */
  boolean(fallback?: boolean): boolean {
    if (!this.isPresent && fallback !== undefined) return fallback
    if (typeof this.value !== 'boolean') this.fail('must be true or false')
    return this.value
  }

  /** @param fallback the value if nothing stands here; without it, absence breaks the rule */
  number(fallback?: number): number {
    if (!this.isPresent && fallback !== undefined) return fallback
    if (typeof this.value !== 'number') this.fail('must be a number')
    return this.value
  }

  /** A whole number from 0: an id, a count. @param fallback as in {@link number} */
  natural(fallback?: number): number {
    const number = this.number(fallback)
    if (!Number.isInteger(number) || number < 0) this.fail('must be a whole number from 0')
    return number
  }

  /**
   * @param rule what the value here should have been
   * @throws {ModelError} always
   */
  fail(rule: string): never {
    throw new ModelError(`${this.path} ${rule}, found ${describe(this.value)}`)
  }
}

/** A short picture of any JSON value: enough to recognise it, never a whole vocabulary. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return `an object with ${summary(Object.keys(value))}`
  return shorten(JSON.stringify(value))
}

function summary(keys: readonly string[]): string {
  return keys.length === 0 ? 'no keys' : shorten(keys.slice(0, 8).join(', '))
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
