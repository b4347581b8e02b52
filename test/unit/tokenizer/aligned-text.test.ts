import { describe, expect, it } from '@jest/globals'
import { AlignedText, AlignedTextBuilder, characterAt, grown } from '../../../src/tokenizer/aligned-text.js'
import { original, origins } from './layouts.js'

describe('AlignedText', () => {
  it('comes from itself, whole surrogate pairs at a time', () => {
    expect(origins(AlignedText.original('a😀b', 10))).toEqual([
      ['a', 10, 11],
      ['\ud83d', 11, 13],
      ['\ude00', 11, 13],
      ['b', 13, 14],
    ])
  })

  it('keeps the origin in slices of slices', () => {
    expect(origins(original('abcdef').slice(1, 5).slice(2, 4))).toEqual([
      ['d', 3, 4],
      ['e', 4, 5],
    ])
  })

  it('keeps the origin when characters keep their lengths', () => {
    expect(
      origins(
        original('xABx')
          .slice(1, 3)
          .rewriteCharacters((c) => c.toLowerCase()),
      ),
    ).toEqual([
      ['a', 1, 2],
      ['b', 2, 3],
    ])
  })

  it('follows characters that vanish, grow and shrink', () => {
    const rewrite = (character: string): string => ({ a: '', b: 'xyz', '😀': '!' })[character] ?? character
    expect(origins(original('cab😀d').rewriteCharacters(rewrite))).toEqual([
      ['c', 0, 1],
      ['x', 2, 3],
      ['y', 2, 3],
      ['z', 2, 3],
      ['!', 3, 5],
      ['d', 5, 6],
    ])
  })

  it('rewrites what was rewritten before', () => {
    const twice = original('ab')
      .rewriteCharacters((c) => c + c)
      .rewriteCharacters((c) => (c === 'a' ? '' : `<${c}>`))
    expect(twice.text).toBe('<b><b>')
    expect(twice.startOf(0)).toBe(1)
    expect(twice.endOf(5)).toBe(2)
  })

  it('stays the same object when nothing changes', () => {
    const text = original('same')
    expect(text.rewriteCharacters((c) => c)).toBe(text)
    expect(text.slice(0, 4)).toBe(text)
  })
})

describe('AlignedTextBuilder', () => {
  it('puts new pieces and parts of other texts together', () => {
    const builder = new AlignedTextBuilder(0)
    builder.append('▁', 0, 1)
    builder.appendFrom(original('abc'), 1, 3)
    builder.appendAll(AlignedText.original('z', 9))
    expect(origins(builder.build())).toEqual([
      ['▁', 0, 1],
      ['b', 1, 2],
      ['c', 2, 3],
      ['z', 9, 10],
    ])
  })
})

describe('characterAt', () => {
  it.each([
    ['a😀', 1, '😀'],
    ['😀', 1, '\ude00'],
    ['\ud83d', 0, '\ud83d'],
    ['ab', 2, ''],
  ])('gives the character of %j at %i', (text, unit, character) => {
    expect(characterAt(text, unit)).toBe(character)
  })
})

describe('grown', () => {
  it('keeps the numbers and at least doubles the room', () => {
    const numbers = Int32Array.from({ length: 20 }, (_, index) => index)
    expect(grown(numbers, 21)).toHaveLength(40)
    expect([...grown(numbers, 21).subarray(0, 20)]).toEqual([...numbers])
    expect(grown(numbers, 100)).toHaveLength(100)
  })
})
