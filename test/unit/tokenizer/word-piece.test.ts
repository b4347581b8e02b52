import { describe, expect, it } from '@jest/globals'
import { wordPieceModel } from '../../../src/tokenizer/word-piece.js'
import { cursor } from './layouts.js'

const vocab = { '[UNK]': 0, un: 1, '##aff': 2, '##able': 3, '##a': 4, u: 5, '##n': 6, '😀': 7, '##😀': 8 }
const model = wordPieceModel(cursor({ vocab, max_input_chars_per_word: 10 }))

describe('wordPieceModel', () => {
  it('takes the longest token from the left', () => {
    expect(model.encode('unaffable')).toEqual({ ids: [1, 2, 3], bounds: [0, 2, 2, 5, 5, 9] })
    expect(model.encode('una')).toEqual({ ids: [1, 4], bounds: [0, 2, 2, 3] })
  })

  it('knows nothing of a word with a part that it does not know', () => {
    expect(model.encode('unx')).toEqual({ ids: [0], bounds: [0, 3] })
    expect(model.encode('able')).toEqual({ ids: [0], bounds: [0, 4] })
  })

  it('counts the length of a word in characters', () => {
    expect(model.encode('😀'.repeat(10)).ids).toHaveLength(10)
    expect(model.encode('😀'.repeat(11)).ids).toEqual([0])
    expect(model.encode(`u${'n'.repeat(10)}`)).toEqual({ ids: [0], bounds: [0, 11] })
  })

  it('gives no tokens for no word', () => {
    expect(model.encode('')).toEqual({ ids: [], bounds: [] })
  })

  it('refuses an unknown token that the vocabulary lacks', () => {
    expect(() => wordPieceModel(cursor({ vocab, unk_token: '<unk>' }))).toThrow(
      'tokenizer.json: unk_token must be a token of model.vocab, found "<unk>"',
    )
  })
})
