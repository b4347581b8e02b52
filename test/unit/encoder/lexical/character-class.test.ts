import { describe, expect, it } from '@jest/globals'
import {
  characterWidth,
  classAt,
  DIGIT,
  EMOJI,
  HANGUL,
  LETTER,
  MARK,
  SEPARATOR,
  SPACELESS,
} from '../../../../src/encoder/lexical/character-class.js'

describe('classAt', () => {
  it.each([
    ['가', HANGUL],
    ['힣', HANGUL],
    ['漢', SPACELESS],
    ['々', SPACELESS],
    ['か', SPACELESS],
    ['ー', SPACELESS],
    ['ไ', SPACELESS],
    ['𠮷', SPACELESS],
    ['a', LETTER],
    ['ж', LETTER],
    ['ㅋ', LETTER],
    ['𐌰', LETTER],
    ['7', DIGIT],
    ['٣', DIGIT],
    ['\u0301', MARK],
    ['🍕', EMOJI],
    ['🏽', SEPARATOR],
    [' ', SEPARATOR],
    ['、', SEPARATOR],
    ['_', SEPARATOR],
    ['\ud83c', SEPARATOR],
    ['\udf55', SEPARATOR],
  ])('tells what %j is', (character, expected) => {
    expect(classAt(character, 0)).toBe(expected)
  })

  it('tells a pair from its half, in either order', () => {
    expect(classAt('\ud83c', 0)).toBe(SEPARATOR)
    expect(classAt('🍕', 0)).toBe(EMOJI)
    expect(classAt('\ud83c', 0)).toBe(SEPARATOR)
  })
})

describe('characterWidth', () => {
  it('is 2 only for a whole pair', () => {
    expect(characterWidth('🍕', 0)).toBe(2)
    expect(characterWidth('\ud83cx', 0)).toBe(1)
    expect(characterWidth('가', 0)).toBe(1)
  })
})
