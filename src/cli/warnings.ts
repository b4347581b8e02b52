import type { Encoding } from '../encoder/encoder.js'
import { note, type Terminal } from './terminal.js'

/** Above this share of unknown or single-character pieces a vocabulary does not know the text's language. */
const FRAGMENTED = 0.5

/** Counts what a person should know of a run's texts, to be said once and not once a text. */
export class EncodingWarnings {
  private texts = 0
  private fragmented = 0
  private truncated = 0

  constructor(private readonly model: string) {}

  add(encodings: readonly Encoding[]): void {
    for (const { fragmentation, truncated, tokenCount } of encodings) {
      this.texts++
      if (truncated) this.truncated++
      // A text of one or two tokens says nothing about a vocabulary.
      if (fragmentation > FRAGMENTED && tokenCount > 4) this.fragmented++
    }
  }

  /** Says what was found on standard error; nothing if all is well. */
  report(terminal: Terminal): void {
    const { model, texts, fragmented, truncated } = this
    if (fragmented > 0) {
      note(
        terminal,
        `warning: ${fragmented} of ${texts} text(s) fall apart into unknown tokens or single characters: ` +
          `the vocabulary of ${model} does not cover their language. Use --model bm25 or a model made for it.`,
      )
    }
    if (truncated > 0)
      note(
        terminal,
        `warning: ${truncated} of ${texts} text(s) are longer than ${model} reads; their ends were not encoded`,
      )
  }
}
