import { describe, expect, it } from '@jest/globals'
import iconv from 'iconv-lite'
import {
  detectEncoding,
  ENCODING_SAMPLE_BYTES,
  normalizeEncoding,
  toUtf8,
} from '../../../../src/indexer/readers/text-encoding.js'
import { textOf, tornInput } from './inputs.js'

/** With syllables that only the CP949 extension of EUC-KR has. */
const KOREAN = '제목,본문\n똠방각하,펲시콜라와 찦차\n'
const decode = (bytes: Buffer, encoding: string, size = 3) =>
  textOf(toUtf8(tornInput(bytes, size), normalizeEncoding(encoding)))

describe('toUtf8', () => {
  it.each(['euc-kr', 'EUC-KR', 'cp949', 'uhc', 'utf-16le', 'utf-16be', 'utf-8'])(
    'reads %s in whatever pieces it comes',
    async (encoding) => {
      const text = encoding.startsWith('utf') ? `${KOREAN}😀` : KOREAN
      const bytes = iconv.encode(text, normalizeEncoding(encoding))
      for (const size of [1, 2, 3, 1000]) expect(await decode(bytes, encoding, size)).toBe(text)
    },
  )

  it.each(['utf-16le', 'utf-16be'])('leaves the byte-order mark of %s out', async (encoding) => {
    expect(await decode(iconv.encode('가', encoding, { addBOM: true }), encoding)).toBe('가')
  })

  it.each([
    ['euc-kr', Buffer.concat([iconv.encode('가\n나\n', 'cp949'), Buffer.of(0xff, 0x41)]), 'cp949', 3],
    ['euc-kr', Buffer.concat([iconv.encode('가\n나', 'cp949'), Buffer.of(0xb0)]), 'cp949', 2],
    ['utf-16le', Buffer.from('a\nb\n\ud83d', 'utf16le'), 'utf-16le', 3],
    ['utf-16le', Buffer.concat([Buffer.from('a\nb', 'utf16le'), Buffer.of(0x41)]), 'utf-16le', 2],
  ])('refuses what is not %s by line', async (encoding, bytes, name, line) => {
    await expect(decode(bytes, encoding)).rejects.toThrow(
      `in.txt:${line}: is not valid ${name}; name another encoding with --encoding`,
    )
  })

  it('takes a replacement character that the author wrote in UTF-16', async () => {
    expect(await decode(Buffer.from('a\ufffdb', 'utf16le'), 'utf-16le')).toBe('a\ufffdb')
  })
})

describe('normalizeEncoding', () => {
  it('refuses what nobody knows', () => {
    expect(() => normalizeEncoding('klingon')).toThrow(
      'encoding must be a text encoding, for example utf-8, euc-kr, cp949 or utf-16le, received "klingon"',
    )
  })
})

describe('detectEncoding', () => {
  const korean = iconv.encode(KOREAN, 'cp949')

  it.each([
    ['UTF-8', Buffer.from(KOREAN), { encoding: 'utf-8', isGuess: false }],
    ['ASCII', Buffer.from('a,b\n'), { encoding: 'utf-8', isGuess: false }],
    ['nothing', Buffer.alloc(0), { encoding: 'utf-8', isGuess: false }],
    ['UTF-16 with a mark', Buffer.from('\ufeffa', 'utf16le'), { encoding: 'utf-16le', isGuess: false }],
    ['Korean', korean, { encoding: 'cp949', isGuess: true }],
    ['French', iconv.encode('déjà,été,façade\n', 'latin1'), { encoding: 'utf-8', isGuess: false }],
    ['Japanese', iconv.encode('題名,日本語の本文です\n', 'shift_jis'), { encoding: 'utf-8', isGuess: false }],
  ])('tells %s', (_, sample, expected) => {
    expect(detectEncoding(sample, true)).toEqual(expected)
  })

  it('tells a sample whose end cuts a character in two', () => {
    for (const cut of [0, 1, 2]) {
      const padding = 'x'.repeat(cut)
      const utf8 = Buffer.from(padding + KOREAN.repeat(2000)).subarray(0, ENCODING_SAMPLE_BYTES)
      const cp949 = iconv.encode(padding + KOREAN.repeat(2000), 'cp949').subarray(0, ENCODING_SAMPLE_BYTES)
      expect([utf8.length, cp949.length]).toEqual([ENCODING_SAMPLE_BYTES, ENCODING_SAMPLE_BYTES])
      expect(detectEncoding(utf8, true).encoding).toBe('utf-8')
      expect(detectEncoding(cp949, true).encoding).toBe('cp949')
    }
  })

  it('does not guess where it may not', () => {
    expect(detectEncoding(korean, false)).toEqual({ encoding: 'utf-8', isGuess: false })
  })
})
