import { isObject, type JsonObject, member } from './json.js'

/**
 * The value of a field by its name, `title` or `meta.title`, as engines name it. A member that has the very name, dots
 * included, comes before a path through objects; of a list of objects on the way every one is asked.
 *
 * @returns undefined where there is none
 */
export function fieldValue(source: JsonObject, name: string): unknown {
  if (Object.hasOwn(source, name)) return source[name]
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    if (Object.hasOwn(source, head)) return below(source[head], name.slice(dot + 1))
  }
  return undefined
}

/** The value of a field in the `_source` of a hit; undefined where there is none. */
export function sourceField(hit: unknown, name: string): unknown {
  const source = member(hit, '_source')
  return isObject(source) ? fieldValue(source, name) : undefined
}

/** True if {@link fieldValue} finds a value, be it null. */
export function hasField(source: JsonObject, name: string): boolean {
  return fieldValue(source, name) !== undefined
}

/** The object without a field, and without objects that held nothing else; itself if it has none of that name. */
export function withoutField(source: JsonObject, name: string): JsonObject {
  if (Object.hasOwn(source, name)) return withoutMember(source, name)
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    if (Object.hasOwn(source, head)) {
      const rest = withoutBelow(source[head], name.slice(dot + 1))
      return isEmptied(source[head], rest) ? withoutMember(source, head) : { ...source, [head]: rest }
    }
  }
  return source
}

/**
 * The object with another value of a field, where {@link fieldValue} finds it: in a member that has the very name, else
 * below objects, which are made where there are none. What stands in their way stays: a field cannot be below a text.
 */
export function withField(source: JsonObject, name: string, value: unknown): JsonObject {
  const dot = name.indexOf('.')
  if (dot < 0 || Object.hasOwn(source, name)) return { ...source, [name]: value }
  const [head, rest] = [name.slice(0, dot), name.slice(dot + 1)]
  const below = source[head] ?? {}
  return isObject(below) ? { ...source, [head]: withField(below, rest, value) } : { ...source, [name]: value }
}

function below(value: unknown, name: string): unknown {
  if (isObject(value)) return fieldValue(value, name)
  if (!Array.isArray(value)) return undefined
  const found = value.flatMap((item) => below(item, name)).filter((item) => item !== undefined)
  return found.length > 0 ? found : undefined
}

function withoutBelow(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutBelow(item, name))
  return isObject(value) ? withoutField(value, name) : value
}

function isEmptied(before: unknown, after: unknown): boolean {
  return isEmpty(after) && !isEmpty(before)
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

function withoutMember(source: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([other]) => other !== name))
}
