import { arrayMember, isObject } from '../../../src/engine/json.js'
import type { Answered } from './neural-fixture.js'

/** What differs from one answer to the next, whatever is asked. */
const VOLATILE: ReadonlySet<string> = new Set(['took', '_scroll_id', 'pit_id'])

/** An answer without times and ids; the terms of explained sums come in an order that the engine does not promise. */
export function comparable({ status, json }: Answered): object {
  return { status, json: stable(json) }
}

export function hitsOf({ json }: Answered): readonly unknown[] {
  return arrayMember(json, 'hits', 'hits').map(stable)
}

function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable)
  if (!isObject(value)) return value
  const members = Object.entries(value).filter(
    ([name, member]) => !VOLATILE.has(name) && !isEmptyMeta(name, member),
  )
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'details' ? sorted(stable(member)) : stable(member)]),
  )
}

/** An aggregation with a text that the engine encoded itself has one. */
function isEmptyMeta(name: string, member: unknown): boolean {
  return name === 'meta' && isObject(member) && Object.keys(member).length === 0
}

function sorted(details: unknown): unknown {
  if (!Array.isArray(details)) return details
  const byText = details.map((detail) => JSON.stringify(detail)).sort()
  return byText.map((text) => JSON.parse(text) as unknown)
}
