/** The JSON that the page and its server speak. Types only: the page is compiled against them too. */
import type { Span } from '../sparse-vector.js'

/** `GET /api/info`. */
export interface InfoAnswer {
  readonly engine: { readonly distribution: 'opensearch' | 'elasticsearch'; readonly version: string }
  /** Address of the engine without credentials, for the commands that are copied from the page. */
  readonly engineUrl: string
  /** True where that address is splade-bridge's proxy, which takes a hybrid body too. */
  readonly throughProxy: boolean
  readonly index: string
  readonly documents: number
  readonly model: { readonly name: string; readonly fingerprint: string }
  readonly field: string
  readonly textFields: readonly string[]
  /** The field that names a document, for the code that is copied from the page: `title`, `meta.headline`. */
  readonly titleField: string
}

/** `POST /api/search`. */
export interface SearchRequest {
  readonly query: string
  /** Weights for the sparse search, in the place of what the encoder makes of `query`. */
  readonly tokens?: readonly WeightedToken[]
  /** Hits of each method, 1-50. Default 10. */
  readonly size?: number
}

export interface WeightedToken {
  /** As the model's vocabulary has it. */
  readonly token: string
  /** > 0. */
  readonly weight: number
}

/** Ways of searching, in the order in which the page shows them. */
export const METHODS = ['bm25', 'sparse', 'hybrid'] as const
export type Method = (typeof METHODS)[number]

export interface SearchAnswer {
  /** The sparse query as it was sent, heaviest token first. */
  readonly tokens: readonly ShownToken[]
  /** As of {@link EncodeAnswer}; absent where the request gave the tokens. */
  readonly fragmentation?: number
  readonly columns: Readonly<Record<Method, Column>>
  /** Every document of any column, once. */
  readonly documents: Readonly<Record<string, ShownDocument>>
  readonly timings: Timings
}

export interface ShownToken extends WeightedToken {
  /** As people read it. */
  readonly text: string
  /** Its name in the vector field. */
  readonly feature: string
  /** Where it stands in the text; empty for a token that the model added. */
  readonly spans: readonly Span[]
}

/** What one method found. */
export interface Column {
  /** Best first. */
  readonly hits: readonly RankedDocument[]
  /** Body of the `_search` that does the same; the one of `hybrid` is for splade-bridge's proxy. */
  readonly body: object
  /** Why there are no hits, where the engine has refused. */
  readonly error?: string
  /** Why the hits are not explained, where the engine has refused that; never of `hybrid`. */
  readonly unexplained?: string
}

export interface RankedDocument {
  readonly id: string
  readonly score: number
  /** What each list gave to the score; only of `hybrid`. */
  readonly parts?: readonly FusedPart[]
}

/** A document's place in one of the lists that were fused. */
export interface FusedPart {
  readonly method: Exclude<Method, 'hybrid'>
  /** From 1. */
  readonly rank: number
  /** The parts add up to the fused score. */
  readonly contribution: number
}

export interface ShownDocument {
  /** What the document is called, in one line; empty for one without text. */
  readonly title: string
  /** Absent where the method does not match the document. */
  readonly bm25?: Explained
  readonly sparse?: Explained
}

/** Why a document matches, by one method. */
export interface Explained {
  readonly snippet: ShownSnippet
  /** The method's score, as the sum of its terms. */
  readonly sum: number
  /** Heaviest first; they add up to the method's score. */
  readonly terms: readonly ShownTerm[]
  /** The same with the pieces of a word put together; only of sparse searches, as all below. */
  readonly words?: readonly ShownTerm[]
  /** Query tokens that the document has not, heaviest first. */
  readonly missed?: readonly MissedTerm[]
  /** The same with the tokens of a word of the query put together. */
  readonly missedWords?: readonly MissedWord[]
  /** Where matched tokens stand in the text that was encoded, in order; none overlaps another. */
  readonly highlights?: readonly Span[]
  /** The part of the text that made the score, where the index keeps chunks. */
  readonly chunk?: ShownChunk
}

export interface ShownChunk {
  readonly span: Span
  /** Of the whole text that was encoded, in UTF-16 units as the span. */
  readonly textLength: number
}

export interface MissedTerm extends WeightedToken {
  /** As people read it. */
  readonly text: string
  /** Its name in the vector field. */
  readonly feature: string
}

export interface MissedWord {
  /** As it stands in the query, or a token as people read it. */
  readonly text: string
  /** Sum over the tokens of it that the document has not. */
  readonly weight: number
  /** True where the document has other tokens of the word. */
  readonly partial: boolean
}

export interface ShownTerm {
  /** As people read it. */
  readonly text: string
  /** As the model's vocabulary has it, and as the vector field names it; only of sparse tokens. */
  readonly token?: string
  readonly feature?: string
  readonly contribution: number
  /** Part of the method's score, 0-1. */
  readonly share: number
  /** True for a token that does not stand in the document: the model added it. Absent where its text is not at hand. */
  readonly expansion?: boolean
  /** `query weight × document weight`; only of sparse terms. */
  readonly weights?: readonly [query: number, document: number]
  /** Where it stands in the text that was encoded; only of sparse terms. */
  readonly spans?: readonly Span[]
}

export interface ShownSnippet {
  readonly cutBefore: boolean
  readonly cutAfter: boolean
  readonly pieces: readonly { readonly text: string; readonly highlighted: boolean }[]
}

/** Milliseconds; `engine` is what the engine says of itself, the rest is measured here. */
export interface Timings {
  readonly encode: number
  readonly bm25: { readonly engine: number; readonly total: number }
  readonly sparse: { readonly engine: number; readonly total: number }
  /** Putting the two lists together. */
  readonly fuse: number
  /** Asking the engine why the shown documents match; no part of a search without explanations. */
  readonly explain: number
}

/** `POST /api/encode`. */
export interface EncodeRequest {
  readonly text: string
  /** Default `document`. */
  readonly as?: 'document' | 'query'
}

export interface EncodeAnswer {
  /** Heaviest first. */
  readonly tokens: readonly ShownToken[]
  /** Tokens, or terms, that the text was cut into. */
  readonly tokenCount: number
  readonly truncated: boolean
  readonly chunkCount: number
  /** 0-1; above 0.5 the model's vocabulary does not know the language. */
  readonly fragmentation: number
  readonly encodeMs: number
}

/** Any answer that is no 2xx. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string }
}
