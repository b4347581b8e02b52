import { grown } from './aligned-text.js'

/** Numbers a token: id, start, end, word. */
const STRIDE = 4

/** A growing list of tokens with their spans and words, in one typed array. */
export class TokenList {
  /** Number of tokens. */
  length = 0
  /** Number of words that have ended. */
  wordCount = 0
  private fields: Int32Array

  /** @param expectedLength tokens to make room for at first */
  constructor(expectedLength: number) {
    this.fields = new Int32Array(STRIDE * expectedLength)
  }

  /** Adds a token to the current word; {@link endWord} closes the word. */
  push(id: number, start: number, end: number): void {
    this.makeRoom(1)
    const at = STRIDE * this.length++
    this.fields[at] = id
    this.fields[at + 1] = start
    this.fields[at + 2] = end
    this.fields[at + 3] = this.wordCount
  }

  /** The next token belongs to another word. */
  endWord(): void {
    this.wordCount++
  }

  /** Adds a token that is a word of its own. */
  pushWord(id: number, start: number, end: number): void {
    this.push(id, start, end)
    this.endWord()
  }

  /** Adds another list whose spans count from `offset`. */
  append(other: TokenList, offset: number): void {
    this.makeRoom(other.length)
    const { fields, wordCount } = this
    let at = STRIDE * this.length
    for (let from = 0; from < STRIDE * other.length; from += STRIDE, at += STRIDE) {
      fields[at] = other.fields[from] ?? 0
      fields[at + 1] = (other.fields[from + 1] ?? 0) + offset
      fields[at + 2] = (other.fields[from + 2] ?? 0) + offset
      fields[at + 3] = (other.fields[from + 3] ?? 0) + wordCount
    }
    this.length += other.length
    this.wordCount += other.wordCount
  }

  /** Id of a token. */
  idAt(index: number): number {
    return this.fields[STRIDE * index] ?? 0
  }

  /** Where a token starts in the original text. */
  startAt(index: number): number {
    return this.fields[STRIDE * index + 1] ?? 0
  }

  /** Where a token ends in the original text. */
  endAt(index: number): number {
    return this.fields[STRIDE * index + 2] ?? 0
  }

  /** Changes a token's place in the original text. */
  setSpan(index: number, start: number, end: number): void {
    this.fields[STRIDE * index + 1] = start
    this.fields[STRIDE * index + 2] = end
  }

  /** Writes the first `count` tokens into arrays, from token index `target` on. */
  copyTo(
    arrays: { ids: Int32Array; spans: Int32Array; words: Int32Array },
    target: number,
    count: number,
  ): void {
    for (let index = 0; index < count; index++) {
      const at = STRIDE * index
      arrays.ids[target + index] = this.fields[at] ?? 0
      arrays.spans[2 * (target + index)] = this.fields[at + 1] ?? 0
      arrays.spans[2 * (target + index) + 1] = this.fields[at + 2] ?? 0
      arrays.words[target + index] = this.fields[at + 3] ?? 0
    }
  }

  private makeRoom(count: number): void {
    const length = STRIDE * (this.length + count)
    if (length > this.fields.length) this.fields = grown(this.fields, length)
  }
}
