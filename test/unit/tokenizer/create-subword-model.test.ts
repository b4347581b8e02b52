import { describe, expect, it } from '@jest/globals'
import { createSubwordModel } from '../../../src/tokenizer/create-subword-model.js'
import { cursor } from './layouts.js'

describe('createSubwordModel', () => {
  it.each([
    [{ type: 'WordPiece', vocab: { '[UNK]': 0, a: 1 } }, 1],
    [{ type: 'BPE', vocab: { a: 1 }, merges: [] }, 1],
    [
      {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['a', -1],
        ],
      },
      1,
    ],
  ])('builds %j', (config, id) => {
    expect(createSubwordModel(cursor(config)).encode('a')).toEqual({ ids: [id], bounds: [0, 1] })
  })

  it.each([
    [
      'WordPiece',
      { unk_token: 'u', max_input_chars_per_word: 100, vocab: { u: 0, ab: 1, a: 2, '##b': 3 } },
      [1],
    ],
    ['BPE', { vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] }, [2]],
    [
      'Unigram',
      {
        unk_id: 0,
        vocab: [
          ['u', 0],
          ['a', -1],
          ['b', -1],
        ],
      },
      [1, 2],
    ],
  ])('knows %s by its fields in old files, which do not name it', (_, config, ids) => {
    expect(createSubwordModel(cursor(config)).encode('ab').ids).toEqual(ids)
  })

  it('says that the type is missing where no fields tell it', () => {
    expect(() => createSubwordModel(cursor({ vocab: { a: 1 } }))).toThrow(
      'tokenizer.json: type must be a string, found nothing',
    )
  })

  it('names a type that is not supported', () => {
    expect(() => createSubwordModel(cursor({ type: 'WordLevel' }))).toThrow(
      'tokenizer.json: type must be a supported model (WordPiece, BPE, Unigram), found "WordLevel"',
    )
  })
})
