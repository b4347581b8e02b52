import { describe, expect, it } from '@jest/globals'
import { readTokenForms } from '../../../src/tokenizer/token-forms.js'
import { cursor } from './layouts.js'

const wordPiece = readTokenForms(cursor({ model: { continuing_subword_prefix: '##' } }))
const byteLevel = readTokenForms(
  cursor({ pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits' }, { type: 'ByteLevel' }] } }),
)
const metaspace = readTokenForms(
  cursor({ pre_tokenizer: null, decoder: { type: 'Metaspace', replacement: '▁' } }),
)

describe('readTokenForms', () => {
  it.each([
    [wordPiece, '##ing', 'ing'],
    [wordPiece, '##', '##'],
    [wordPiece, 'Ġx', 'Ġx'],
    [byteLevel, 'Ġword', 'word'],
    [byteLevel, 'íķľ', '한'],
    [byteLevel, 'Ġíķ', 'Ġíķ'],
    [byteLevel, 'Ġ', 'Ġ'],
    [byteLevel, 'Ċ', 'Ċ'],
    [metaspace, '▁word', 'word'],
    [metaspace, '▁', '▁'],
    [metaspace, '▁a▁b', 'a b'],
  ])('makes tokens readable', (forms, token, expected) => {
    expect(forms.readable(token)).toBe(expected)
  })

  it.each([
    [wordPiece, '##a', true],
    [wordPiece, '##ab', false],
    [wordPiece, '😀', true],
    [byteLevel, 'Ġa', true],
    [byteLevel, 'íķľ', true],
    [byteLevel, 'íķ', true],
    [byteLevel, 'íķľíķľ', false],
    [byteLevel, 'Ġíķľíķ', false],
    [metaspace, '▁a', true],
    [metaspace, '▁ab', false],
  ])('tells single characters', (forms, token, expected) => {
    expect(forms.isSingleCharacter(token)).toBe(expected)
  })
})
