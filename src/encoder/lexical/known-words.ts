/** UTF-16 code units of a word at most; longer ones are rare, and are analysed each time. */
const MAX_KNOWN_LENGTH = 24
/** A power of two. Few enough for a processor's caches; a few thousand words make up most of any text. */
const SLOTS = 8_192
/** What stands for a word that gives no term. */
const NO_TERM = ''

/**
 * Remembers the term of each word, which depends on nothing but the word's characters. A word is found in the text as
 * it stands there, by a hash over its characters: to cut it out and to ask a `Map` takes longer. One that is new takes
 * the place of another with its hash.
 */
export class KnownWords {
  private readonly words = new Array<string>(SLOTS).fill('')
  private readonly terms = new Array<string>(SLOTS).fill(NO_TERM)

  /** @param analyse gives the term of a folded word, '' for none */
  constructor(private readonly analyse: (word: string) => string) {}

  /** The term of the word `[start, end)` of a folded text; '' for none. */
  termOf(text: string, start: number, end: number): string {
    if (end - start > MAX_KNOWN_LENGTH) return this.analyse(text.slice(start, end))
    const slot = hashOf(text, start, end)
    if (!isAt(this.words[slot] ?? '', text, start, end)) {
      const word = copyOf(text.slice(start, end))
      this.words[slot] = word
      this.terms[slot] = this.analyse(word)
    }
    return this.terms[slot] ?? NO_TERM
  }
}

/** FNV-1a over the code units, folded to a slot. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}

function isAt(word: string, text: string, start: number, end: number): boolean {
  const { length } = word
  if (length !== end - start) return false
  for (let index = 0; index < length; index++) {
    if (word.charCodeAt(index) !== text.charCodeAt(start + index)) return false
  }
  return true
}

/** V8 keeps the whole of a string alive for a longer piece of it: one word would hold a document in memory. */
const MAX_COPIED_LENGTH = 12

function copyOf(piece: string): string {
  return piece.length > MAX_COPIED_LENGTH ? Buffer.from(piece, 'utf16le').toString('utf16le') : piece
}
