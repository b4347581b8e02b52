import type { AlignedText } from './aligned-text.js'

/** Cuts a normalized text into words, the pieces that the model sees one by one. */
export interface PreTokenizer {
  split(text: AlignedText): readonly AlignedText[]
  /**
   * What happens between a visible character and a following space: always a cut, and both sides come out as
   * they would alone (`cuts`); no cut of its own, but nothing that reaches across (`passes`); or not known.
   */
  readonly beforeSpace: 'cuts' | 'passes' | 'unknown'
}
