import { isObject, type JsonObject } from './json.js'

/** What stands in a plan where only the engine knows the value, or nobody is to read it -> the value. */
export type PlaceholderValues = ReadonlyMap<string, string>

/** Stands for the bearer token of the encoder server. */
export const ENCODER_KEY = '(key of the encoder server)'

/** Stands for the id that the engine will give to a model. */
export function idOfModel(name: string): string {
  return `(id of model ${name})`
}

/** A body with values in the place of the texts that stand for them; others stay. */
export function fillPlaceholders(body: JsonObject, values: PlaceholderValues): JsonObject {
  return fill(body, values) as JsonObject
}

function fill(value: unknown, values: PlaceholderValues): unknown {
  if (typeof value === 'string') return values.get(value) ?? value
  if (Array.isArray(value)) return value.map((item) => fill(item, values))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner, values)]))
}
