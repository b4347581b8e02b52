import { ModelError } from '../errors.js'

/** `config.json` of a model folder, read field by field with the rule that a wrong value breaks. */
export class ModelConfig {
  constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    /** Named in errors. */
    private readonly path: string,
  ) {}

  /** @throws ModelError unless the field is a string */
  text(name: string): string {
    const value = this.fields[name]
    if (typeof value !== 'string') throw this.wrong(name, 'a string', value)
    return value
  }

  /** A positive integer, or `fallback` where the field is absent. */
  count(name: string, fallback?: number): number {
    const value = this.fields[name] ?? fallback
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      throw this.wrong(name, 'an integer >= 1', value)
    return value
  }

  /** A finite number, or `fallback` where the field is absent. */
  number(name: string, fallback?: number): number {
    const value = this.fields[name] ?? fallback
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(name, 'a number', value)
    return value
  }

  /** True or false; `fallback` where the field is absent. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.fields[name] ?? fallback
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false', value)
    return value
  }

  /** One of `values`; `fallback` where the field is absent. */
  oneOf<T extends string>(name: string, values: readonly T[], fallback?: T): T {
    const value = this.fields[name] ?? fallback
    const known = values.find((candidate) => candidate === value)
    if (known === undefined) throw this.wrong(name, `one of ${values.join(', ')}`, value)
    return known
  }

  /** An object in the file, read in the same way. */
  section(name: string): ModelConfig {
    const value = this.fields[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.wrong(name, 'an object', value)
    return new ModelConfig(value as Readonly<Record<string, unknown>>, `${this.path}: "${name}"`)
  }

  /** Names of all fields, in order. */
  names(): readonly string[] {
    return Object.keys(this.fields)
  }

  /** The raw value, for fields of more than one form. */
  raw(name: string): unknown {
    return this.fields[name]
  }

  /** The error for a field that breaks a rule. */
  wrong(name: string, rule: string, value: unknown): ModelError {
    return new ModelError(
      `${this.path}: "${name}" must be ${rule}, found ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
    )
  }
}
