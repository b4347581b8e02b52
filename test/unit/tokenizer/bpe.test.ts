import { describe, expect, it } from '@jest/globals'
import { bpeModel } from '../../../src/tokenizer/bpe.js'
import type { SubwordModel } from '../../../src/tokenizer/subword-model.js'
import { cursor } from './layouts.js'

function model(tokens: readonly string[], merges: readonly unknown[], options: object = {}): SubwordModel {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  return bpeModel(cursor({ vocab, merges, ...options }))
}

function cut(bpe: SubwordModel, word: string): string[] {
  const { bounds } = bpe.encode(word)
  return Array.from({ length: bounds.length / 2 }, (_, at) => word.slice(bounds[2 * at], bounds[2 * at + 1]))
}

describe('bpeModel', () => {
  const tokens = ['a', 'b', 'c', 'ab', 'bc', 'abc', 'aa']

  it('merges the pair that was learned first', () => {
    expect(cut(model(tokens, ['b c', 'a b']), 'abc')).toEqual(['a', 'bc'])
    expect(cut(model(tokens, ['a b', 'b c']), 'abc')).toEqual(['ab', 'c'])
    expect(
      cut(
        model(tokens, [
          ['b', 'c'],
          ['a', 'bc'],
        ]),
        'abcab',
      ),
    ).toEqual(['abc', 'a', 'b'])
  })

  it('merges the leftmost of equals', () => {
    expect(cut(model(tokens, ['a a']), 'aaaaa')).toEqual(['aa', 'aa', 'a'])
  })

  it('prefers whole words when told to', () => {
    expect(cut(model(tokens, [], { ignore_merges: true }), 'abc')).toEqual(['abc'])
    expect(cut(model(tokens, []), 'abc')).toEqual(['a', 'b', 'c'])
  })

  it('gives unknown characters one token each, or one together', () => {
    const withUnknown = ['a', '?']
    expect(model(withUnknown, [], { unk_token: '?' }).encode('axya')).toEqual({
      ids: [0, 1, 1, 0],
      bounds: [0, 1, 1, 2, 2, 3, 3, 4],
    })
    expect(model(withUnknown, [], { unk_token: '?', fuse_unk: true }).encode('axya')).toEqual({
      ids: [0, 1, 0],
      bounds: [0, 1, 1, 3, 3, 4],
    })
  })

  it('leaves out characters that nothing stands for', () => {
    expect(model(['a'], []).encode('xa')).toEqual({ ids: [0], bounds: [1, 2] })
  })

  it('spells characters in bytes, each with the span of the character', () => {
    const bytes = ['a', '<0xEA>', '<0xB0>', '<0x80>']
    expect(model(bytes, [], { byte_fallback: true }).encode('a가')).toEqual({
      ids: [0, 1, 2, 3],
      bounds: [0, 1, 1, 2, 1, 2, 1, 2],
    })
  })

  it('marks continued and ended words', () => {
    const marked = model(['a', '##b', '##c</w>', '##bc</w>'], ['##b ##c</w>'], {
      continuing_subword_prefix: '##',
      end_of_word_suffix: '</w>',
    })
    expect(marked.encode('abc').ids).toEqual([0, 3])
  })

  it('names merges and unknown tokens that the vocabulary lacks', () => {
    expect(() => model(['a', 'b'], ['a b'])).toThrow(
      'tokenizer.json: merges[0] must join two tokens of model.vocab into a third, found "a b"',
    )
    expect(() => model(['a'], [], { unk_token: '?' })).toThrow(/unk_token must be a token of model.vocab/)
  })

  it('takes a word of a million characters', () => {
    expect(model(tokens, ['a a']).encode('a'.repeat(1_000_000)).ids).toHaveLength(500_000)
  })
})
