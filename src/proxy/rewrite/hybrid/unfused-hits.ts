import type { WholeAnswer } from '../../rewriter.js'
import { itemsOf, memberOf, numberOf } from '../json/read-node.js'
import { readAnswer } from '../json/splice-items.js'

/**
 * Where no search pipeline fuses, neural-search answers a `hybrid` query with the hits of each part one after the other,
 * and marks between them: hits themselves, with scores of -9,549,511,920 (before the first) and -4,422,440,594 as 32-bit
 * floats have them. No hit of a search's own is near.
 */
const HIGHEST_MARK = -4e9

/**
 * What an answer to a `hybrid` query shows.
 *
 * @param from hits before its page
 * @returns false for hits that are fused, true for those that are not, undefined where the page does not tell: it has no
 *   scores, or the marks may stand before it
 */
export function hasUnfusedHits(answer: WholeAnswer, from: number): boolean | undefined {
  if (answer.status >= 300) return undefined
  const hits = itemsOf(memberOf(readAnswer(answer)?.root, 'hits', 'hits'))
  const scores = hits.map((hit) => numberOf(memberOf(hit, '_score')))
  if (scores.some((score) => score !== undefined && score < HIGHEST_MARK)) return true
  return from === 0 && scores[0] !== undefined ? false : undefined
}
