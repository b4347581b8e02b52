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

  it('names a type that is not supported', () => {
    expect(() => createSubwordModel(cursor({ type: 'WordLevel' }))).toThrow(
      'tokenizer.json: type must be a supported model (WordPiece, BPE, Unigram), found "WordLevel"',
    )
  })
})
