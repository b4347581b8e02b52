import { describe, expect, it } from '@jest/globals'
import { unigramModel } from '../../../src/tokenizer/unigram.js'
import { cursor } from './layouts.js'

/** The example in tokenizers' documentation of `encode`. */
const vocab = [
  ['<unk>', 0],
  ['a', 0],
  ['b', 0],
  ['c', 0],
  ['d', 0],
  ['cd', 1],
  ['ab', 2],
  ['abc', 5],
  ['abcd', 10],
]

describe('unigramModel', () => {
  it('takes the cut with the highest sum', () => {
    const model = unigramModel(cursor({ vocab, unk_id: 0 }))
    expect(model.encode('abcdacdxx')).toEqual({ ids: [8, 1, 5, 0], bounds: [0, 4, 4, 5, 5, 7, 7, 9] })
    expect(model.encode('')).toEqual({ ids: [], bounds: [] })
  })

  it('keeps unknown characters apart where known ones stand between', () => {
    const model = unigramModel(cursor({ vocab, unk_id: 0 }))
    expect(model.encode('x😀ay')).toEqual({ ids: [0, 1, 0], bounds: [0, 3, 3, 4, 4, 5] })
  })

  it('takes the first of equal cuts', () => {
    const tie = [
      ['<unk>', -9],
      ['a', -1],
      ['aa', -2],
    ]
    expect(unigramModel(cursor({ vocab: tie, unk_id: 0 })).encode('aa').ids).toEqual([2])
  })

  it('spells unknown text in bytes when told to', () => {
    const bytes = [...vocab, ['<0xEA>', -20], ['<0xB0>', -20], ['<0x80>', -20]]
    const model = unigramModel(cursor({ vocab: bytes, unk_id: 0, byte_fallback: true }))
    expect(model.encode('가')).toEqual({ ids: [9, 10, 11], bounds: [0, 1, 0, 1, 0, 1] })
    expect(model.encode('나').ids).toEqual([0])
  })

  it('leaves out unknown text without an unknown token', () => {
    expect(unigramModel(cursor({ vocab })).encode('xa')).toEqual({ ids: [1], bounds: [1, 2] })
  })

  it('names what is broken', () => {
    expect(() => unigramModel(cursor({ vocab, unk_id: 99 }))).toThrow(
      'tokenizer.json: unk_id must be an index of model.vocab, found 99',
    )
    expect(() => unigramModel(cursor({ vocab: [['a']] }))).toThrow(/vocab\[0\] must be a token and its score/)
  })
})
