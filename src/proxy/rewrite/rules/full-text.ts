import type { JsonNode } from '../json/json-source.js'
import { itemsOf, memberOf, membersOf, numberOf, onlyMember, stringOf } from '../json/read-node.js'
import type { FoundQuery } from '../query/find-queries.js'

/** A `match` or `multi_match` query, as far as rules look at it. */
export interface FullTextQuery {
  readonly text: string
  /** Without their boosts. */
  readonly fields: readonly string[]
  readonly boost: number
  readonly name?: string
  /** Options by which it is more than a text and its fields, such as `operator`. */
  readonly options: readonly string[]
}

const COMMON = ['query', 'boost', '_name']

/** @returns undefined for any other query, and for one without a text */
export function readFullText({ type, body }: FoundQuery): FullTextQuery | undefined {
  if (type === 'multi_match') {
    const fields = itemsOf(memberOf(body, 'fields')).flatMap((field) => stringOf(field) ?? [])
    return toFullText(body, fields, [...COMMON, 'fields'])
  }
  const only = type === 'match' ? onlyMember(body) : undefined
  if (only === undefined) return undefined
  const [field, value] = only
  const text = stringOf(value)
  return text === undefined
    ? toFullText(value, [field], COMMON)
    : { text, fields: [field], boost: 1, options: [] }
}

function toFullText(
  node: JsonNode,
  fields: readonly string[],
  known: readonly string[],
): FullTextQuery | undefined {
  const text = stringOf(memberOf(node, 'query'))
  if (text === undefined) return undefined
  const name = stringOf(memberOf(node, '_name'))
  return {
    text,
    fields: fields.map((field) => field.replace(/\^[^^]*$/, '')),
    boost: numberOf(memberOf(node, 'boost')) ?? 1,
    options: [...membersOf(node).keys()].filter((option) => !known.includes(option)),
    ...(name !== undefined && { name }),
  }
}
