import { describe, expect, it } from '@jest/globals'
import {
  BERT_PUNCTUATION,
  CharacterClass,
  LETTER,
  NUMBER,
  WHITE_SPACE,
  WORD_CHARACTER,
} from '../../../src/tokenizer/character-class.js'

const codePoint = (character: string): number => character.codePointAt(0) ?? 0

describe('CharacterClass', () => {
  it('gives the same answer when asked again', () => {
    const vowels = new CharacterClass(/[aeiou]/u)
    const answers = ['a', 'b', 'a', 'b'].map((character) => vowels.has(codePoint(character)))
    expect(answers).toEqual([true, false, true, false])
  })

  it('knows characters beyond the first plane', () => {
    expect(LETTER.has(0x20000)).toBe(true)
    expect(LETTER.has(0x1f600)).toBe(false)
  })

  it.each([
    [WHITE_SPACE, ['\u0085', '\u00a0', '\u3000'], ['\ufeff', '\u200b', 'a']],
    [BERT_PUNCTUATION, ['.', '$', '`', '·', '。'], ['€', 'a', '\u2e43']],
    [NUMBER, ['1', '½', 'Ⅷ', '٣'], ['a', '一']],
    [WORD_CHARACTER, ['a', '_', '1', '\u0301', '가', '\u200d'], ['-', ' ', '½']],
  ])('holds what it should', (characters, inside, outside) => {
    for (const character of inside)
      expect([character, characters.has(codePoint(character))]).toEqual([character, true])
    for (const character of outside)
      expect([character, characters.has(codePoint(character))]).toEqual([character, false])
  })
})
