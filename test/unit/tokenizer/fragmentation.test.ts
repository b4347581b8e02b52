import { describe, expect, it } from '@jest/globals'
import { fragmentationOf } from '../../../src/tokenizer/fragmentation.js'
import type { TokenizedText } from '../../../src/tokenizer/text-tokenizer.js'

/** Ids below 10 are single characters, 99 is unknown. */
const rules = { unknownId: 99, isSingleCharacter: (id: number) => id < 10 }

function tokenized(ids: number[], words: number[]): TokenizedText {
  return {
    ids: Int32Array.from(ids),
    words: Int32Array.from(words),
    spans: new Int32Array(2 * ids.length),
    tokenCount: ids.length,
    truncated: false,
  }
}

describe('fragmentationOf', () => {
  it.each([
    ['single characters of a longer word', [1, 20, 2], [0, 0, 0], 2 / 3],
    ['no word of one character', [1, 2], [0, 1], 0],
    ['unknown words', [99, 20], [0, 1], 1 / 2],
    ['no special tokens', [50, 20, 51], [-1, 0, -1], 0],
  ])('counts %s', (_, ids, words, expected) => {
    expect(fragmentationOf(tokenized(ids, words), rules)).toBeCloseTo(expected, 12)
  })

  it('is 0 for a text without tokens of its own', () => {
    expect(fragmentationOf(tokenized([50, 51], [-1, -1]), rules)).toBe(0)
  })
})
