import { SIDE_FIELD } from './index-setup.js'
import { arrayMember, numberMember, stringMember } from './json.js'

/**
 * Best score first; equal scores by the document's id, so that the same query always gives the same page
 * whichever copy of the index answers. Stored weights have 9 significant bits, so ties are common.
 *
 * The id is sorted by its copy among the side fields: sorting by `_id` itself loads every id into memory, which
 * both engines advise against and hosted ones forbid. Documents without side fields come last among equals.
 * Block-max pruning still works, because the score comes first. Not for rescored queries, which take no sort.
 */
export const STABLE_ORDER: readonly object[] = [
  { _score: 'desc' },
  { [`${SIDE_FIELD}.id`]: { order: 'asc', missing: '_last', unmapped_type: 'keyword' } },
]

/** One hit of a `_search` answer, as far as every reader needs it. */
export interface RankedHit {
  readonly id: string
  /** A 32-bit float, exactly as the engine computed it. */
  readonly score: number
  /** The hit's JSON. */
  readonly json: unknown
}

/**
 * @param answer body of a `_search`, or one response of an `_msearch`
 * @returns hits in the engine's order
 */
export function readHits(answer: unknown): readonly RankedHit[] {
  return arrayMember(answer, 'hits', 'hits').map((json) => ({
    id: stringMember(json, '_id') ?? '',
    // JSON shows the shortest decimal of a float; as a double that is a slightly different number.
    score: Math.fround(numberMember(json, '_score') ?? 0),
    json,
  }))
}
