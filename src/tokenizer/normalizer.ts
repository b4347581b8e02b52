import type { AlignedText } from './aligned-text.js'

/** Rewrites a text before it is cut into words. */
export interface Normalizer {
  normalize(text: AlignedText): AlignedText
  /**
   * True if cutting a text between a visible character and a following space and normalizing the parts one by
   * one gives the same as normalizing the whole: what allows results to be remembered word by word.
   */
  readonly isLocalToWords: boolean
}
