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
const byteFallback = readTokenForms(
  cursor({ model: { byte_fallback: true }, decoder: { type: 'Metaspace', replacement: '▁' } }),
)

describe('readTokenForms', () => {
  it.each([
    [wordPiece, '##ing', 'ing'],
    [wordPiece, '##', '##'],
    [wordPiece, 'Ġx', 'Ġx'],
    [byteLevel, 'Ġword', 'word'],
    [byteLevel, 'íķľ', '한'],
    [byteLevel, 'Ġíķ', 'bytes ED 95'],
    [byteLevel, '한', '한'],
    [byteLevel, 'Ġ', 'Ġ'],
    [byteLevel, 'Ċ', 'Ċ'],
    [metaspace, '▁word', 'word'],
    [metaspace, '▁', '▁'],
    [metaspace, '▁a▁b', 'a b'],
    [metaspace, '<0xED>', '<0xED>'],
    [byteFallback, '<0xED>', 'bytes ED'],
    [byteFallback, '<0x41>', 'A'],
    [byteFallback, '<0x0A>', '<0x0A>'],
    [byteFallback, '▁word', 'word'],
  ])('makes tokens readable', (forms, token, expected) => {
    expect(forms.readable(token)).toBe(expected)
  })

  it.each([
    [byteLevel, 'Ġíķ', '한', '한[1-2/3]'],
    [byteLevel, 'ľ', '한', '한[3/3]'],
    [byteLevel, 'íķľ', '한', '한'],
    [byteFallback, '<0x95>', '한', '한[2/3]'],
    [byteFallback, '▁word', 'word', 'word'],
    [wordPiece, '##ing', 'ing', 'ing'],
  ])('names a part of a character by the character that it stands in', (forms, token, standsIn, expected) => {
    expect(forms.readable(token, standsIn)).toBe(expected)
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
    [metaspace, '<0xED>', false],
    [byteFallback, '<0xED>', true],
    [byteFallback, '▁ab', false],
  ])('tells single characters', (forms, token, expected) => {
    expect(forms.isSingleCharacter(token)).toBe(expected)
  })
})
