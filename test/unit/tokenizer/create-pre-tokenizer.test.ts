import { describe, expect, it } from '@jest/globals'
import { createPreTokenizer } from '../../../src/tokenizer/create-pre-tokenizer.js'
import { cursor, original, spansOf } from './layouts.js'

const words = (config: unknown, text: string): string[] =>
  createPreTokenizer(cursor(config))
    .split(original(text))
    .map((word) => word.text)

const SPLIT_AND_BYTES = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: '\\d' }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
  ],
}

describe('createPreTokenizer', () => {
  it.each([
    [null, 'a b', ['a b']],
    [
      { type: 'BertPreTokenizer' },
      " it's 5$, 가。\u3000나",
      ['it', "'", 's', '5', '$', ',', '가', '。', '나'],
    ],
    [{ type: 'WhitespaceSplit' }, ' a.b\u00a0c ', ['a.b', 'c']],
    [{ type: 'Whitespace' }, "it's 5$, x_y", ['it', "'", 's', '5', '$,', 'x_y']],
    [{ type: 'Punctuation' }, 'a..b', ['a', '.', '.', 'b']],
    [{ type: 'Punctuation', behavior: 'Contiguous' }, 'a..b', ['a', '..', 'b']],
    [{ type: 'Digits' }, 'a12b', ['a', '12', 'b']],
    [{ type: 'Digits', individual_digits: true }, 'a12b', ['a', '1', '2', 'b']],
    [{ type: 'ByteLevel' }, "a b's", ['Ġa', 'Ġb', "'s"]],
    [{ type: 'ByteLevel', add_prefix_space: false }, 'é b', ['Ã©', 'Ġb']],
    [{ type: 'ByteLevel', use_regex: false }, ' a b', ['ĠaĠb']],
    [{ type: 'Metaspace' }, 'a b', ['▁a', '▁b']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'Removed', invert: false }, 'a-b', ['a', 'b']],
    [{ type: 'Split', pattern: { Regex: '\\w' }, behavior: 'Removed', invert: true }, 'a-b', ['a', 'b']],
    [SPLIT_AND_BYTES, 'x1 y', ['x', '1', 'Ġy']],
  ])('with %j cuts %j', (config, text, expected) => {
    expect(words(config, text)).toEqual(expected)
  })

  it('keeps the origin of words through several stages', () => {
    expect(spansOf(createPreTokenizer(cursor(SPLIT_AND_BYTES)).split(original('é1 y')))).toEqual([
      ['Ã©', 0, 1],
      ['1', 1, 2],
      ['Ġy', 2, 4],
    ])
  })

  it.each([
    [{ type: 'BertPreTokenizer' }, 'cuts'],
    [{ type: 'ByteLevel', use_regex: false }, 'passes'],
    [{ type: 'Metaspace', split: false }, 'passes'],
    [SPLIT_AND_BYTES, 'unknown'],
    [{ type: 'Sequence', pretokenizers: [{ type: 'Digits' }, { type: 'ByteLevel' }] }, 'cuts'],
  ])('knows what %j does before a space', (config, expected) => {
    expect(createPreTokenizer(cursor(config)).beforeSpace).toBe(expected)
  })

  it('names types and behaviours that are not supported', () => {
    expect(() => createPreTokenizer(cursor({ type: 'UnicodeScripts' }))).toThrow(
      /^tokenizer.json: type must be a supported pre-tokenizer \(.*\), found "UnicodeScripts"$/,
    )
  })
})
