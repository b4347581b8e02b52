import { describe, expect, it } from '@jest/globals'
import { spacedWordEnds } from '../../../src/tokenizer/spaced-words.js'

function parts(text: string): string[] {
  let start = 0
  return spacedWordEnds(text).map((end) => text.slice(start, (start = end)))
}

describe('spacedWordEnds', () => {
  it.each([
    ['', []],
    [' ', [' ']],
    ['one two three', ['one', ' two', ' three']],
    ['a b  c d', ['a', ' b  c', ' d']],
    [' a b ', [' a', ' b ']],
    ['a\n b c', ['a\n b', ' c']],
    ['a \u0301b c', ['a \u0301b', ' c']],
    ['a\u200b b c', ['a\u200b b', ' c']],
    ['😀 b c', ['😀 b', ' c']],
    ['한국어 문서', ['한국어', ' 문서']],
  ])('cuts %j between visible characters only', (text, expected) => {
    expect(parts(text)).toEqual(expected)
  })
})
