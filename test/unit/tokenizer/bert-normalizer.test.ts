import { describe, expect, it } from '@jest/globals'
import { bertNormalizer, lowercased } from '../../../src/tokenizer/bert-normalizer.js'
import { cursor, original, origins } from './layouts.js'

const normalized = (options: object, text: string): string =>
  bertNormalizer(cursor(options)).normalize(original(text)).text

describe('bertNormalizer', () => {
  it.each([
    ['a\0b\ufffdc\u200bd', 'abcd'],
    ['a\tb\u00a0c\u3000d', 'a b c d'],
    ['漢字', ' 漢  字 '],
    ['𠀀', ' 𠀀 '],
    ['Café CAFE\u0301', 'cafe cafe'],
    ['한', '\u1112\u1161\u11ab'],
    ['İΣ', 'iσ'],
    ['カ', 'カ'],
  ])('turns %j into %j', (text, expected) => {
    expect(normalized({}, text)).toBe(expected)
  })

  it('keeps what its options tell it to keep', () => {
    expect(normalized({ lowercase: false }, 'Café')).toBe('Café')
    expect(normalized({ lowercase: false, strip_accents: true }, 'Café')).toBe('Cafe')
    expect(normalized({ lowercase: true, strip_accents: false }, 'CAFÉ')).toBe('café')
    expect(normalized({ clean_text: false }, 'a\tb\u200b')).toBe('a\tb\u200b')
    expect(normalized({ handle_chinese_chars: false }, '漢')).toBe('漢')
  })

  it('lets all jamo of a syllable come from the syllable', () => {
    const syllable = bertNormalizer(cursor({})).normalize(original('a각'))
    expect(origins(syllable).map(([, start, end]) => [start, end])).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [1, 2],
    ])
  })

  it('keeps marks that came into Unicode after the tables of tokenizers', () => {
    expect(normalized({}, 'a\u08d3')).toBe('a\u08d3')
    expect(normalized({}, 'a\u0301')).toBe('a')
  })
})

describe('lowercased', () => {
  it('looks at each character alone: no final sigma', () => {
    expect(lowercased('ΟΔΟΣ')).toBe('οδοσ')
  })
})
