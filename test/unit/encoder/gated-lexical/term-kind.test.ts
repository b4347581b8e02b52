import { describe, expect, it } from '@jest/globals'
import { kindOf, startsWithHangul } from '../../../../src/encoder/gated-lexical/term-kind.js'

describe('kindOf', () => {
  it.each([
    ['한국', false, 'hangul'],
    ['왕', false, 'hangul'],
    ['임진왜란', false, 'hangul-word'],
    ['진왜', true, 'hangul-part'],
    ['1592', false, 'digits'],
    ['boston', false, 'letters'],
    ['мир', false, 'letters'],
    ['東京', false, 'other'],
    ['かな', false, 'other'],
    // Of a block of spaceless scripts, as in training, although the analysis takes lone jamo for letters.
    ['ㅋㅋ', false, 'other'],
    ['🍕', false, 'other'],
  ])('gives %s (a part: %s) the gate %s', (term, isPart, kind) => {
    expect(kindOf(term, isPart)).toBe(kind)
  })
})

describe('startsWithHangul', () => {
  it.each([
    ['가', true],
    ['힣', true],
    ['ㅋ', false],
    ['a가', false],
    ['', false],
  ])('says of %j: %s', (term, expected) => {
    expect(startsWithHangul(term)).toBe(expected)
  })
})
