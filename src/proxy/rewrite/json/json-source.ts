import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser'
import { SpladeBridgeError } from '../../../errors.js'

/**
 * JSON with the place of every value in its text, so that a rewrite changes the values concerned and leaves every
 * other byte as it came: numbers of any size and notation, the order of keys, white space and comments.
 */
export type JsonNode = JsonObjectNode | JsonArrayNode | JsonScalarNode

interface Place {
  /** Half-open range of UTF-16 units in the text. */
  readonly start: number
  readonly end: number
}

export interface JsonMember {
  readonly name: string
  /** Where its name starts. */
  readonly start: number
  readonly value: JsonNode
}

export interface JsonObjectNode extends Place {
  readonly kind: 'object'
  /** In order; of a name that came twice, the last value. */
  readonly members: ReadonlyMap<string, JsonMember>
}

export interface JsonArrayNode extends Place {
  readonly kind: 'array'
  readonly items: readonly JsonNode[]
}

export interface JsonScalarNode extends Place {
  readonly kind: 'scalar'
  /** A number as JavaScript reads it: look at the text for all digits. */
  readonly value: string | number | boolean | null
}

export interface JsonSource {
  readonly text: string
  readonly root: JsonNode
  /** The first name that came twice in one object, which engines refuse and a rewrite must not hide. */
  readonly duplicate: string | undefined
}

/** Engines read at most so many levels (Jackson's `StreamReadConstraints`). */
export const MAX_JSON_DEPTH = 1000

/** The text is no JSON, or is nested too deeply. */
export class JsonSyntaxError extends SpladeBridgeError {
  constructor(
    message: string,
    /** UTF-16 units before the place at fault. */
    readonly offset: number,
  ) {
    super('JSON_SYNTAX', message)
  }
}

/**
 * Reads strict JSON, and comments as engines take them.
 *
 * @throws JsonSyntaxError at the first fault, or below `maxDepth` levels (default {@link MAX_JSON_DEPTH})
 */
export function parseJsonSource(text: string, maxDepth = MAX_JSON_DEPTH): JsonSource {
  const builder = new TreeBuilder(maxDepth)
  visit(text, {
    onObjectBegin: (offset) => {
      builder.open({ kind: 'object', start: offset, end: offset, members: new Map() })
    },
    onObjectProperty: (name, offset) => {
      builder.name(name, offset)
    },
    onArrayBegin: (offset) => {
      builder.open({ kind: 'array', start: offset, end: offset, items: [] })
    },
    onLiteralValue: (value: JsonScalarNode['value'], offset, length) => {
      builder.add({ kind: 'scalar', start: offset, end: offset + length, value })
    },
    onObjectEnd: (offset, length) => {
      builder.close(offset + length)
    },
    onArrayEnd: (offset, length) => {
      builder.close(offset + length)
    },
    onError: fail,
  })
  return { text, root: builder.root(), duplicate: builder.duplicate }
}

interface OpenObject {
  readonly kind: 'object'
  readonly start: number
  end: number
  readonly members: Map<string, JsonMember>
}

interface OpenArray {
  readonly kind: 'array'
  readonly start: number
  end: number
  readonly items: JsonNode[]
}

class TreeBuilder {
  duplicate: string | undefined
  private readonly opened: (OpenObject | OpenArray)[] = []
  private readonly names: { readonly name: string; readonly start: number }[] = []
  private top: JsonNode | undefined

  constructor(private readonly maxDepth: number) {}

  name(name: string, start: number): void {
    const parent = this.opened.at(-1)
    if (parent?.kind === 'object' && parent.members.has(name)) this.duplicate ??= name
    this.names.push({ name, start })
  }

  open(node: OpenObject | OpenArray): void {
    if (this.opened.length >= this.maxDepth)
      throw new JsonSyntaxError(`JSON is nested deeper than ${this.maxDepth} levels`, node.start)
    this.add(node)
    this.opened.push(node)
  }

  close(end: number): void {
    const node = this.opened.pop()
    if (node !== undefined) node.end = end
  }

  add(node: JsonNode): void {
    const parent = this.opened.at(-1)
    if (parent === undefined) this.top = node
    else if (parent.kind === 'array') parent.items.push(node)
    else {
      const name = this.names.pop()
      if (name !== undefined) parent.members.set(name.name, { ...name, value: node })
    }
  }

  root(): JsonNode {
    if (this.top === undefined) throw new JsonSyntaxError('there is no JSON', 0)
    return this.top
  }
}

function fail(error: ParseErrorCode, offset: number): never {
  throw new JsonSyntaxError(`JSON has ${printParseErrorCode(error)} at character ${offset}`, offset)
}
