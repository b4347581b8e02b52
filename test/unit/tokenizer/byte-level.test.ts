import { describe, expect, it } from '@jest/globals'
import { fromByteAlphabet, toByteAlphabet } from '../../../src/tokenizer/byte-level.js'
import { original, origins } from './layouts.js'

describe('toByteAlphabet', () => {
  it.each([
    ['word', 'word'],
    [' word', 'Ġword'],
    ['\n', 'Ċ'],
    ['\u00ad', 'ÂŃ'],
    ['가', 'ê°Ģ'],
  ])('writes %j as %j', (text, bytes) => {
    expect(toByteAlphabet(original(text)).text).toBe(bytes)
  })

  it('lets all bytes of a character come from the character', () => {
    const places = origins(toByteAlphabet(original('a😀'))).map(([, start, end]) => [start, end])
    expect(places).toEqual([
      [0, 1],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
    ])
  })

  it('is undone by fromByteAlphabet', () => {
    const text = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('') + '한😀'
    expect(Buffer.from(fromByteAlphabet(toByteAlphabet(original(text)).text)!).toString()).toBe(text)
  })
})

describe('fromByteAlphabet', () => {
  it('takes parts of characters, and no other alphabet', () => {
    expect(fromByteAlphabet('ê°')).toEqual(Uint8Array.of(0xea, 0xb0))
    expect(fromByteAlphabet('한')).toBeUndefined()
    expect(fromByteAlphabet('')).toEqual(new Uint8Array())
  })
})
