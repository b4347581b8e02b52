import type { Encoder } from '../encoder/encoder.js'
import { encodedText } from '../engine/encoded-text.js'
import { withoutField } from '../engine/field-path.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { isObject, type JsonObject, member } from '../engine/json.js'
import type { RankedHit } from '../engine/ranking.js'
import { textFieldNames } from '../engine/text-rule.js'
import type { TokenContribution } from '../explain/contributions.js'
import { type HitExplanation, toHitExplanation } from '../explain/hit-explanation.js'
import type { LocatedText } from '../encoder/located-text.js'
import type { Span, SparseVector } from '../sparse-vector.js'
import { type BestChunk, chunkContributions, readBestChunk, spansWithin } from './best-chunk.js'
import { contributionsFrom } from './clause-scores.js'
import { isNested } from './document-query.js'
import { hitTitle } from './hit-title.js'

export interface SearchHit {
  readonly id: string
  /** The engine's score. */
  readonly score: number
  /** The document as it was indexed, without what splade-bridge added. */
  readonly source: JsonObject
  /** What the document is called, in one line; see {@link hitTitle}. Empty for one without text. */
  readonly title: string
  /** What was encoded: the text fields joined by a space, or the filled template; spans of `tokens` are places in it. */
  readonly text: string
  /** The chunk that made the score, where the index keeps chunks; `tokens` then speak of this chunk only. */
  readonly chunk?: HitChunk
  /** Contributions to the score, heaviest first; empty unless asked for. */
  readonly tokens: readonly TokenContribution[]
  /** The whole explanation, of which `tokens` are the heart; absent unless asked for. */
  readonly explanation?: HitExplanation
}

/** A stretch of a hit's text. */
export interface HitChunk {
  /** Place in {@link SearchHit.text}. */
  readonly span: Span
  readonly text: string
}

/** What a hit was asked for with. */
export interface HitContext {
  /** Query weights as they were sent. */
  readonly queryVector: SparseVector
  readonly meta: IndexMeta
  readonly encoder: Encoder
  /** The query's text; absent where only its weights are known. */
  readonly asked?: LocatedText | undefined
  /** Whether the answer has what explanations are made of: clause scores, or vectors. */
  readonly explain: boolean
}

/** A hit of the engine's as people read it. */
export function toSearchHit(
  { id, score, json }: RankedHit,
  { queryVector: query, meta, encoder, asked, explain }: HitContext,
): SearchHit {
  const { field } = meta
  const stored = member(json, '_source')
  const source = isObject(stored) ? withoutField(stored, field) : {}
  const text = encodedText(source, meta)
  const best = isNested(meta) ? readBestChunk(json, field) : undefined
  const chunk = best && { span: best.span, text: text.slice(...best.span) }
  const title = hitTitle(source, meta)
  const hit = { id, score, source, title, text, ...(chunk && { chunk }) }
  if (!explain) return { ...hit, tokens: [] }
  const explained =
    best === undefined
      ? { contributions: contributionsFrom(json, query, field), spans: encoder.locate(text) }
      : explainChunk(best, query, encoder, text)
  const { readable } = encoder
  const wholeText = text !== '' && !textFieldNames(meta).some((name) => meta.unstored?.includes(name))
  const explanation = toHitExplanation({ query, asked, text, wholeText, readable, ...explained })
  return { ...hit, tokens: explanation.tokens, explanation }
}

function explainChunk(best: BestChunk, query: SparseVector, encoder: Encoder, text: string) {
  // Located in the whole text: the chunk's first word could be cut otherwise at a text's start.
  const spans = spansWithin(encoder.locate(text), best.span)
  return { contributions: chunkContributions(best, query), spans }
}
