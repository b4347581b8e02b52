import { grown } from './aligned-text.js'

/** A growing list of tokens with their spans and words, in typed arrays. */
export class TokenList {
  /** Number of tokens. */
  length = 0
  /** Number of words so far. */
  wordCount = 0
  private idArray: Int32Array
  private spanArray: Int32Array
  private wordArray: Int32Array

  /** @param expectedLength tokens to make room for at first */
  constructor(expectedLength: number) {
    this.idArray = new Int32Array(expectedLength)
    this.spanArray = new Int32Array(2 * expectedLength)
    this.wordArray = new Int32Array(expectedLength)
  }

  /** Ids of the tokens; valid until the next change of the list. */
  get ids(): Int32Array {
    return this.idArray.subarray(0, this.length)
  }

  /** Two numbers a token; valid until the next change of the list. */
  get spans(): Int32Array {
    return this.spanArray.subarray(0, 2 * this.length)
  }

  /** Index of each token's word; valid until the next change of the list. */
  get words(): Int32Array {
    return this.wordArray.subarray(0, this.length)
  }

  /** Adds a token to the current word; {@link endWord} closes the word. */
  push(id: number, start: number, end: number): void {
    this.makeRoom(this.length + 1)
    const index = this.length++
    this.idArray[index] = id
    this.spanArray[2 * index] = start
    this.spanArray[2 * index + 1] = end
    this.wordArray[index] = this.wordCount
  }

  /** The next token belongs to another word. */
  endWord(): void {
    this.wordCount++
  }

  /** Adds another list whose spans count from `offset`. */
  append(other: TokenList, offset: number): void {
    this.makeRoom(this.length + other.length)
    for (let index = 0; index < other.length; index++) {
      const at = this.length++
      this.idArray[at] = other.idArray[index] ?? 0
      this.spanArray[2 * at] = (other.spanArray[2 * index] ?? 0) + offset
      this.spanArray[2 * at + 1] = (other.spanArray[2 * index + 1] ?? 0) + offset
      this.wordArray[at] = (other.wordArray[index] ?? 0) + this.wordCount
    }
    this.wordCount += other.wordCount
  }

  private makeRoom(length: number): void {
    if (length <= this.idArray.length) return
    this.idArray = grown(this.idArray, length)
    this.spanArray = grown(this.spanArray, 2 * this.idArray.length)
    this.wordArray = grown(this.wordArray, this.idArray.length)
  }
}
