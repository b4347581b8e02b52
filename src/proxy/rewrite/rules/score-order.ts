import type { JsonNode } from '../json/json-source.js'
import { itemsOf, memberOf, membersOf, stringOf } from '../json/read-node.js'
import { pageOf } from '../query/search-page.js'

/**
 * Why a search has no use for further hits by score: an application that sorts its list by date, or only counts, would
 * be given documents that it can hardly have meant.
 *
 * @returns undefined for a search whose best hits are wanted
 */
export function reasonAgainstRules(body: JsonNode, parameters: URLSearchParams): string | undefined {
  if (pageOf(body, parameters).size === 0) return 'the search asks for no hits'
  const key = firstSortKey(memberOf(body, 'sort'), parameters.get('sort'))
  return key === undefined || key === '_score' ? undefined : `its hits are sorted by ${key}`
}

/** `"date"`, `{"date": "desc"}`, or a list of them; in the address `date:desc,_score`. */
function firstSortKey(sort: JsonNode | undefined, parameter: string | null): string | undefined {
  const [first] = itemsOf(sort)
  if (first !== undefined) return stringOf(first) ?? [...membersOf(first).keys()][0]
  return parameter?.split(/[:,]/, 1)[0]
}
