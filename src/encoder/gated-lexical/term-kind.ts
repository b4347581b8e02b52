import type { GateKind } from '../../model/gated-lexical/head-settings.js'

/**
 * Code points of scripts written without spaces, as the model was trained: other letters of these blocks (lone jamo)
 * count with them.
 */
const SPACELESS = /^[\u2e80-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u{20000}-\u{3ffff}]/u

/** Syllables of a Hangul term that has its bigrams beside it. */
const WHOLE_WORD = 3

/**
 * The gate that weighs an occurrence of a term.
 *
 * @param isPart true where the occurrence lies inside that of a longer term, as a bigram in its word
 */
export function kindOf(term: string, isPart: boolean): GateKind {
  if (startsWithHangul(term)) {
    if (isPart) return 'hangul-part'
    return term.length >= WHOLE_WORD ? 'hangul-word' : 'hangul'
  }
  if (/^\p{Nd}/u.test(term)) return 'digits'
  return /^\p{L}/u.test(term) && !SPACELESS.test(term) ? 'letters' : 'other'
}

/** True for a term whose first character is a Hangul syllable. */
export function startsWithHangul(term: string): boolean {
  const unit = term.charCodeAt(0)
  return unit >= 0xac00 && unit <= 0xd7a3
}
