import { stemmer } from 'stemmer'

/**
 * Words whose stems are kept at hand. Porter's algorithm takes a microsecond a word, several times what the
 * rest of the analysis costs, and a few thousand words make up most of any text.
 */
const MAX_KNOWN_STEMS = 20_000

/** A longer piece of a string keeps the whole string alive in V8: one word would hold a document in memory. */
const MAX_KNOWN_WORD_LENGTH = 12

const known = new Map<string, string>()

/**
 * Porter's stem of an English word: `studies` and `studying` -> `studi`. Words in other alphabets pass
 * unchanged, those of other languages in Latin letters lose what looks like an English suffix.
 *
 * @param word lower case, bounded length
 */
export function stemEnglishWord(word: string): string {
  if (word.length > MAX_KNOWN_WORD_LENGTH) return stemmer(word)
  let stem = known.get(word)
  if (stem === undefined) {
    stem = stemmer(word)
    if (known.size >= MAX_KNOWN_STEMS) known.clear()
    known.set(word, stem)
  }
  return stem
}
