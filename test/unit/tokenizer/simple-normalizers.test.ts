import { describe, expect, it } from '@jest/globals'
import { characterMatcher } from '../../../src/tokenizer/pattern.js'
import {
  nmtCharacter,
  prependText,
  replaceMatches,
  stripSpace,
} from '../../../src/tokenizer/simple-normalizers.js'
import { original, origins } from './layouts.js'

const isX = characterMatcher((codePoint) => codePoint === 0x78)

describe('replaceMatches', () => {
  it('lets the content come from what it replaced', () => {
    expect(origins(replaceMatches(original('axb'), isX, '--'))).toEqual([
      ['a', 0, 1],
      ['-', 1, 2],
      ['-', 1, 2],
      ['b', 2, 3],
    ])
  })

  it('gives back a text without matches', () => {
    const text = original('abc')
    expect(replaceMatches(text, isX, '')).toBe(text)
  })
})

describe('stripSpace', () => {
  it.each([
    [true, true, 'a b'],
    [true, false, 'a b\u3000'],
    [false, true, ' \na b'],
  ])('strips left %p and right %p', (left, right, expected) => {
    expect(stripSpace(original(' \na b\u3000'), left, right).text).toBe(expected)
  })

  it('leaves nothing of whitespace', () => {
    expect(stripSpace(original('  '), true, true).text).toBe('')
  })
})

describe('prependText', () => {
  it('lets the prefix come from the first character', () => {
    expect(origins(prependText(original('😀'), '▁'))).toEqual([
      ['▁', 0, 2],
      ['\ud83d', 0, 2],
      ['\ude00', 0, 2],
    ])
  })

  it('leaves an empty text empty', () => {
    expect(prependText(original(''), '▁').text).toBe('')
  })
})

describe('nmtCharacter', () => {
  it('drops controls and turns odd whitespace into spaces', () => {
    expect(Array.from('a\u0001\t\u200b\ufeffb', nmtCharacter).join('')).toBe('a   b')
  })
})
