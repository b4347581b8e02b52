import { describe, expect, it } from '@jest/globals'
import { SpanTrimmer } from '../../../src/tokenizer/span-trimming.js'
import { TokenList } from '../../../src/tokenizer/token-list.js'

function trimmed(
  token: string,
  text: string,
  span: [number, number],
  hasAddedSpace: boolean,
  isFirst = false,
): number[] {
  const tokens = new TokenList(1)
  if (!isFirst) tokens.pushWord(0, 1, 1)
  tokens.pushWord(1, ...span)
  new SpanTrimmer({ hasAddedSpace }, (id) => (id === 1 ? token : ''), new Set()).trim(tokens, text)
  const spans = new Int32Array(2 * tokens.length)
  tokens.copyTo({ ids: new Int32Array(2), spans, words: new Int32Array(2) }, 0, tokens.length)
  return [...spans.slice(-2)]
}

describe('SpanTrimmer', () => {
  it.each([
    ['Ġword', 'a word', [1, 6], [2, 6]],
    ['ĠĠ', 'a  b', [1, 3], [3, 3]],
    ['wordĠ', 'word a', [0, 5], [0, 4]],
    ['word', 'word', [0, 4], [0, 4]],
  ] as const)('takes spaces out of %j', (token, text, span, expected) => {
    expect(trimmed(token, text, [...span], false)).toEqual([...expected])
  })

  it('leaves the span of a first token whose space the text does not have', () => {
    expect(trimmed('Ġword', 'word', [0, 4], true, true)).toEqual([0, 4])
    expect(trimmed('Ġword', 'word', [0, 4], false, true)).toEqual([1, 4])
    expect(trimmed('Ġword', 'a word', [1, 6], true)).toEqual([2, 6])
  })

  it('takes away whole characters', () => {
    expect(trimmed('Ġ', '😀', [0, 2], true, true)).toEqual([0, 0])
  })

  it('looks at the text of added tokens, which may have swallowed spaces', () => {
    const tokens = new TokenList(1)
    tokens.pushWord(9, 1, 9)
    new SpanTrimmer({ hasAddedSpace: false }, () => '<mask>', new Set([9])).trim(tokens, 'a <mask> b')
    expect([tokens.startAt(0), tokens.endAt(0)]).toEqual([2, 8])
  })
})
