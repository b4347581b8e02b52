import { describe, expect, it } from '@jest/globals'
import { readAddedTokens } from '../../../src/tokenizer/added-tokens.js'
import { JsonCursor } from '../../../src/tokenizer/json-cursor.js'
import { readPadId, readSpecialIds, type SpecialTokenFiles } from '../../../src/tokenizer/special-tokens.js'
import { Vocabulary } from '../../../src/tokenizer/vocabulary.js'
import { cursor } from './layouts.js'

const TOKENS = ['<pad>', '<unk>', '<s>', '</s>', '<mask>', 'word', '<a>', '<b>']
const vocabulary = new Vocabulary(new Map(TOKENS.map((token, id) => [token, id])), [])

function files(config?: unknown, specialTokensMap?: unknown): SpecialTokenFiles {
  return {
    config: JsonCursor.root(config, 'tokenizer_config.json'),
    specialTokensMap: JsonCursor.root(specialTokensMap, 'special_tokens_map.json'),
  }
}

const idsFrom = (config?: unknown, map?: unknown): number[] =>
  [...readSpecialIds([], files(config, map), vocabulary)].sort((a, b) => a - b)

describe('readSpecialIds', () => {
  it('takes the flags in tokenizer.json', () => {
    const added = readAddedTokens(
      cursor([
        { id: 3, content: '</s>', special: true },
        { id: 5, content: 'word' },
      ]),
    )
    expect([...readSpecialIds(added, files(), vocabulary)]).toEqual([3])
  })

  it('takes the roles in both other files, written as text or as objects', () => {
    expect(
      idsFrom({ cls_token: '<s>', mask_token: { content: '<mask>' }, tokenizer_class: 'X', pad_token: null }),
    ).toEqual([2, 4])
    expect(idsFrom(undefined, { eos_token: '</s>', unk_token: { content: '<unk>' } })).toEqual([1, 3])
  })

  it('takes further tokens, and the flags of added_tokens_decoder', () => {
    expect(idsFrom({ additional_special_tokens: ['<a>', { content: '<b>' }] })).toEqual([6, 7])
    expect(idsFrom({ extra_special_tokens: { image_token: '<a>' } })).toEqual([6])
    const decoder = { '4': { content: '<mask>', special: true }, '5': { content: 'word', special: false } }
    expect(idsFrom({ added_tokens_decoder: decoder })).toEqual([4])
  })

  it('passes over names that the vocabulary lacks', () => {
    expect(idsFrom({ cls_token: '[CLS]', add_bos_token: true })).toEqual([])
  })
})

describe('readPadId', () => {
  it.each([
    [{}, { pad_token: '<pad>' }, { pad_token: '<a>' }, 0],
    [{}, {}, { pad_token: '<a>' }, 6],
    [{ padding: { pad_id: 7 } }, {}, {}, 7],
    [{ padding: null }, { pad_token: '[PAD]' }, undefined, 0],
  ])('looks in order', (tokenizer, config, map, expected) => {
    expect(readPadId(cursor(tokenizer), files(config, map), vocabulary)).toBe(expected)
  })
})
