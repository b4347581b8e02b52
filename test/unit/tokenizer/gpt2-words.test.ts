import { describe, expect, it } from '@jest/globals'
import { gpt2WordEnds } from '../../../src/tokenizer/gpt2-words.js'

/** The expression that the function stands for, with Oniguruma's meaning of `\s`. */
const EXPRESSION =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

function words(text: string): string[] {
  let start = 0
  return gpt2WordEnds(text).map((end) => text.slice(start, (start = end)))
}

/** Texts of up to twelve pieces, the same in every run. */
function arbitraryTexts(count: number): string[] {
  const pieces = [
    'a',
    'B',
    '가',
    '1',
    '²',
    ' ',
    '  ',
    '\n',
    '\u00a0',
    '\u0085',
    "'",
    "'s",
    "'ll",
    "'v",
    '!',
    '😀',
    '\u0301',
    '\ufeff',
  ]
  let state = 12345
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
  return Array.from({ length: count }, () =>
    Array.from({ length: next(12) + 1 }, () => pieces[next(pieces.length)]).join(''),
  )
}

describe('gpt2WordEnds', () => {
  it('cuts as the expression does', () => {
    for (const text of arbitraryTexts(3000)) expect(words(text)).toEqual(text.match(EXPRESSION))
  })

  it.each([
    ["we'll  see", ['we', "'ll", ' ', ' see']],
    ['a 1!', ['a', ' 1', '!']],
    ['x \n', ['x', ' \n']],
    ['', []],
  ])('cuts %j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  it('takes a word of millions of characters', () => {
    expect(gpt2WordEnds('가'.repeat(4_000_000))).toEqual([4_000_000])
  })
})
