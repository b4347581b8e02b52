import type { TokenSpans } from '../sparse-vector.js'

/** A text, and where an encoder's tokens stand in it. */
export interface LocatedText {
  readonly text: string
  readonly spans: TokenSpans
}

/** @param encoder whose tokens are looked for; no inference */
export function locateIn(
  encoder: { readonly locate: (text: string) => TokenSpans },
  text: string,
): LocatedText {
  return { text, spans: encoder.locate(text) }
}
