import { encodeFeatureName } from '../rank-features/feature-name.js'
import type { Span, SparseVector } from '../sparse-vector.js'
import type { LocatedText } from '../encoder/located-text.js'
import { readableIn } from '../encoder/readable-in.js'
import type { ExplainHitInput } from './contributions.js'
import { groupByWord } from './word-groups.js'

/** A query token that the document, or the chunk that matched, has not. */
export interface MissedToken {
  readonly token: string
  /** As people read it. */
  readonly readable: string
  /** Its name in the vector field. */
  readonly feature: string
  readonly queryWeight: number
}

/** A word of the query of which the document lacks tokens, or a lacking token that stands in no word of the query. */
export interface MissedWord {
  /** The word as it stands in the query, or a token as people read it. */
  readonly word: string
  /** True for a token that the model added to the query. Absent where the query's text is not at hand. */
  readonly expansion?: boolean
  /** True where the document has other tokens of the word. */
  readonly partial: boolean
  /** Sum over the tokens that it lacks. */
  readonly queryWeight: number
  /** Those that the document lacks, heaviest first. */
  readonly tokens: readonly MissedToken[]
  /** Where the word stands in the query. */
  readonly spans: readonly Span[]
}

/** @returns the query's tokens that are not among those found, heaviest first; equal ones by token */
export function missedTokens(
  query: SparseVector,
  found: ReadonlySet<string>,
  { readable, asked }: Pick<ExplainHitInput, 'readable' | 'asked'>,
): readonly MissedToken[] {
  return [...query]
    .filter(([token]) => !found.has(token))
    .map(([token, queryWeight]) => ({
      token,
      readable: readableIn(readable, token, asked),
      feature: encodeFeatureName(token),
      queryWeight,
    }))
    .sort((a, b) => b.queryWeight - a.queryWeight || (a.token < b.token ? -1 : 1))
}

/**
 * Puts the missed tokens of a word together: who asked for `unhelpfulness` is not helped by `un, hel, pf, ness`.
 *
 * @param query all tokens of the query, by which a word is known to be lacking in part only
 * @param asked the query's text; undefined where only its weights are known, so that each token is by itself
 * @returns heaviest first
 */
export function missedByWord(
  missed: readonly MissedToken[],
  query: SparseVector,
  asked: LocatedText | undefined,
): readonly MissedWord[] {
  const lacking = new Map(missed.map((token) => [token.token, token]))
  const tokens = Array.from(query, ([token, queryWeight]) => {
    return { queryWeight, missed: lacking.get(token), spans: asked?.spans.get(token) ?? [] }
  }).sort((a, b) => b.queryWeight - a.queryWeight)
  const { words, apart } = groupByWord(asked?.text ?? '', tokens)
  const known = (expansion: boolean) => asked !== undefined && { expansion }
  const whole = words.flatMap((group): MissedWord[] => {
    const tokens = group.tokens.flatMap(({ missed }) => missed ?? [])
    if (tokens.length === 0) return []
    const partial = tokens.length < group.tokens.length
    const queryWeight = tokens.reduce((sum, token) => sum + token.queryWeight, 0)
    return [{ word: group.word, ...known(false), partial, queryWeight, tokens, spans: group.spans }]
  })
  const alone = apart.flatMap(({ missed }): MissedWord[] => {
    if (missed === undefined) return []
    const { readable: word, queryWeight } = missed
    return [{ word, ...known(true), partial: false, queryWeight, tokens: [missed], spans: [] }]
  })
  return [...whole, ...alone].sort((a, b) => b.queryWeight - a.queryWeight)
}
