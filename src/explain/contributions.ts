import type { LocatedText } from '../encoder/located-text.js'
import { readableIn, type ReadableToken } from '../encoder/readable-in.js'
import { encodeFeatureName } from '../rank-features/feature-name.js'
import { nearestStoredWeight } from '../rank-features/stored-weight.js'
import type { SparseVector, Span, TokenSpans } from '../sparse-vector.js'

/** What one query token gave to a hit's score. */
export interface TokenContribution {
  /** As the model's vocabulary has it. */
  readonly token: string
  /** As people read it. */
  readonly readable: string
  /** Its name in the vector field. */
  readonly feature: string
  /**
   * True for a token that the model added: it does not stand in the text. Absent where nobody knows, because the text, or
   * a part of it, is not at hand.
   */
  readonly expansion?: boolean
  readonly queryWeight: number
  /** As the engine stores it: 9 significant bits. */
  readonly documentWeight: number
  /** `queryWeight * documentWeight`, in units of the score. */
  readonly contribution: number
  /** Part of the sparse score, 0-1; the shares of a hit add up to 1. */
  readonly share: number
  /** Where the token stands in the document's text; empty where it has no place in what is at hand. */
  readonly spans: readonly Span[]
}

export interface ExplainHitInput {
  /** The query's term weights. */
  readonly query: SparseVector
  /** Token -> part of the score, for the tokens that query and document share. */
  readonly contributions: ReadonlyMap<string, number>
  /** Places of tokens in the document's text; absent where the text is not at hand. */
  readonly spans?: TokenSpans
  /** Whether `spans` speak of all that was encoded. Default: where there are any spans. */
  readonly wholeText?: boolean
  /** How people read a token. Default: as it is. */
  readonly readable?: ReadableToken | undefined
  /** What was encoded, which `spans` are places in; by it parts of characters are named. */
  readonly text?: string
  /** The query's text; absent where only its weights are known. */
  readonly asked?: LocatedText | undefined
}

/**
 * The contributions to one hit, heaviest first (equal ones by token). Their sum is the sparse part of the
 * hit's score.
 */
export function explainHit({
  query,
  contributions,
  spans,
  wholeText = spans !== undefined,
  readable,
  text,
  asked,
}: ExplainHitInput): readonly TokenContribution[] {
  const total = [...contributions.values()].reduce((sum, contribution) => sum + contribution, 0)
  const document = text === undefined || spans === undefined ? undefined : { text, spans }
  const explained: TokenContribution[] = []
  for (const [token, contribution] of contributions) {
    const queryWeight = query.get(token)
    if (queryWeight === undefined) continue
    const places = spans?.get(token) ?? []
    explained.push({
      token,
      readable: readableIn(readable, token, document, asked),
      feature: encodeFeatureName(token),
      ...((wholeText || places.length > 0) && { expansion: places.length === 0 }),
      queryWeight,
      documentWeight: nearestStoredWeight(contribution / queryWeight),
      contribution,
      share: contribution / total,
      spans: places,
    })
  }
  return explained.sort((a, b) => b.contribution - a.contribution || (a.token < b.token ? -1 : 1))
}
