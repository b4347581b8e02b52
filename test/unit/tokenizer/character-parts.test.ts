import { describe, expect, it } from '@jest/globals'
import { isOneCharacter, readableBytes } from '../../../src/tokenizer/character-parts.js'

/** Bytes of the text from one place to another. */
const bytesOf = (text: string, from = 0, to?: number): Uint8Array =>
  Uint8Array.from(Buffer.from(text).subarray(from, to))

describe('readableBytes', () => {
  it.each([
    ['닭', bytesOf('닭')],
    ['😀 é', bytesOf('😀 é')],
    ['', bytesOf('')],
    ['bytes EB 8B', bytesOf('닭', 0, 2)],
    ['bytes AD', bytesOf('닭', 2)],
    ['bytes 8B AD + 김a', bytesOf('닭김a', 1)],
    ['a김 + bytes F0 9F 98', bytesOf('a김😀', 0, 7)],
    ['bytes AD + 김 + bytes EB', bytesOf('닭김닭', 2, 7)],
    ['bytes FF', Uint8Array.of(0xff)],
  ])('reads %s', (expected, bytes) => {
    expect(readableBytes(bytes)).toBe(expected)
  })

  it.each([
    ['닭[1-2/3]', '닭', bytesOf('닭', 0, 2)],
    ['닭[3/3]', '닭', bytesOf('닭', 2)],
    ['닭[2-3/3]김a', '닭김a', bytesOf('닭김a', 1)],
    ['김😀[1-3/4]', '김😀', bytesOf('김😀', 0, 6)],
    ['닭', '닭', bytesOf('닭')],
  ])('names %s by what stands in the text', (expected, standsIn, bytes) => {
    expect(readableBytes(bytes, standsIn)).toBe(expected)
  })

  it('finds a syllable that the text spells with single letters', () => {
    expect(readableBytes(bytesOf('닭', 0, 2), '닭'.normalize('NFD'))).toBe('닭[1-2/3]')
  })

  it('does not say which part it is where the bytes come twice', () => {
    const twice = '튊'
    expect(Buffer.from(twice).toString('hex')).toBe('ed8a8a')
    expect(readableBytes(bytesOf(twice, 1, 2), twice)).toBe('튊[?/3]')
  })

  it('names the bytes where a normalizer has changed the text', () => {
    expect(readableBytes(bytesOf('é', 0, 1), 'e')).toBe('bytes C3')
  })
})

describe('isOneCharacter', () => {
  it.each([
    [true, bytesOf('닭')],
    [true, bytesOf('닭', 1)],
    [true, bytesOf('')],
    [false, bytesOf('닭a')],
    [false, bytesOf('닭닭', 1)],
  ])('is %s', (expected, bytes) => {
    expect(isOneCharacter(bytes)).toBe(expected)
  })
})
