import type { Span, SparseVector, TokenSpans } from '../sparse-vector.js'
import type { ReadableToken } from './readable-in.js'
import type { LongTextSettings } from './long-texts.js'

/** What made a vector; stored in the index so that two models are never mixed in one field. */
export interface EncoderIdentity {
  /** Name shown to people, for example `splade-tiny-en` or `bm25`. */
  readonly name: string
  /** Digest over everything that changes a weight: two encoders with one fingerprint give equal vectors. */
  readonly fingerprint: string
}

/** Above this `fragmentation` a vocabulary does not know the text's language. */
export const FRAGMENTED = 0.5

/** A stretch of a text with a vector of its own. */
export interface EncodedChunk {
  /** Place in the text, from the chunk's first token to the end of its last. */
  readonly span: Span
  /** Heaviest token first. */
  readonly vector: SparseVector
}

/** One encoded text. */
export interface Encoding {
  /** Heaviest token first; empty for a text without content. Of several chunks: the largest weight of each token. */
  readonly vector: SparseVector
  /** Tokens (or lexical terms) that the text was cut into, before any limit of the model. */
  readonly tokenCount: number
  /** True if the model's limit dropped the end of the text. */
  readonly truncated: boolean
  /** Chunks that were encoded one by one; 1 for a text that was read at once. */
  readonly chunkCount: number
  /** The chunks in order, at least one; only of documents, where `longTexts` is `nested`. */
  readonly chunks?: readonly EncodedChunk[]
  /**
   * Share (0-1) of the tokens that are unknown or single characters of a longer word. Near 1 the model's
   * vocabulary does not know the language.
   */
  readonly fragmentation: number
}

/** Texts -> sparse vectors, for documents and for queries, and where their tokens stand in a text. */
export interface Encoder {
  readonly identity: EncoderIdentity
  /** What becomes of long texts; absent for an encoder that reads texts of any length in its own way. */
  readonly longTexts?: LongTextSettings
  /** @returns one encoding a text, in order */
  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]>
  /** @returns one encoding a text, in order */
  encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]>
  /** Finds the tokens of this encoder in a text, for highlighting; no inference. */
  locate(text: string): TokenSpans
  /**
   * A token as people read it: `김` for the byte-level `ê¹Ģ`, `ing` for `##ing`. For display only, since two tokens may
   * read alike. Absent where tokens are words already. See {@link readableIn} for tokens of a text that is at hand.
   */
  readonly readable?: ReadableToken
  /**
   * The idf, > 0, that this encoder's query weight of a token goes by, where it was learned from other texts than those
   * of the index. Absent where query weights hold none, or follow the index already.
   */
  readonly rarity?: (token: string) => number
  /** Frees sessions and threads; the encoder cannot be used afterwards. */
  close(): Promise<void>
}
