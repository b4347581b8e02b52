import { FRAGMENTED, type Encoding } from '../encoder/encoder.js'
import { addLongTexts } from '../indexer/events.js'
import { note, type Terminal } from './terminal.js'

/** What a person should know of the texts of a run. */
export interface TextCounts {
  readonly texts: number
  /** Texts that are mostly unknown tokens or single characters. */
  readonly fragmented: number
  /** Texts longer than the model reads, whose ends were left out. */
  readonly truncated: number
  /** Texts longer than the model reads, all of whose chunks were encoded. */
  readonly chunked: number
  /** Chunks of those. */
  readonly chunks: number
}

/** A text of so few tokens says nothing about a vocabulary. */
const TELLING_TOKENS = 5

/** Counts what {@link warnAboutTexts} speaks of. */
export function countTexts(encodings: readonly Encoding[]): TextCounts {
  const chunked = encodings.filter(({ chunkCount }) => chunkCount > 1)
  return {
    texts: encodings.length,
    fragmented: encodings.filter(
      ({ fragmentation, tokenCount }) => fragmentation > FRAGMENTED && tokenCount >= TELLING_TOKENS,
    ).length,
    truncated: encodings.filter(({ truncated }) => truncated).length,
    chunked: chunked.length,
    chunks: chunked.reduce((sum, { chunkCount }) => sum + chunkCount, 0),
  }
}

/** The sum of two counts. */
export function addCounts(a: TextCounts, b: TextCounts): TextCounts {
  return {
    ...addLongTexts(a, b),
    texts: a.texts + b.texts,
    fragmented: a.fragmented + b.fragmented,
  }
}

export const NO_TEXTS: TextCounts = Object.freeze({
  texts: 0,
  fragmented: 0,
  truncated: 0,
  chunked: 0,
  chunks: 0,
})

/**
 * Says on standard error what was found, once a run and not once a text; nothing if all is well.
 *
 * @param noun what a text is called, for example `document`
 */
export function warnAboutTexts(
  terminal: Terminal,
  model: string,
  noun: string,
  { texts, fragmented, truncated, chunked, chunks }: TextCounts,
): void {
  if (fragmented > 0) {
    note(
      terminal,
      `warning: ${fragmented} of ${texts} ${noun}s fell apart into unknown tokens or single characters: ` +
        `${model} does not know their language. Use --model bm25, or a model made for it.`,
    )
  }
  if (truncated > 0) {
    note(
      terminal,
      `warning: ${truncated} of ${texts} ${noun}s were longer than ${model} reads; their ends were left out.`,
    )
  }
  if (chunked > 0)
    note(
      terminal,
      `${chunked} of ${texts} ${noun}s were longer than ${model} reads at once: encoded in ${chunks} chunks.`,
    )
}
