import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { charsmapNormalizer } from '../../../src/tokenizer/charsmap-normalizer.js'
import { cursor, original, origins } from './layouts.js'

interface Layout {
  readonly normalizer: { readonly normalizers: readonly { readonly precompiled_charsmap?: string }[] }
}

/** The small map that make_oracle.py compiles. */
const { normalizer } = JSON.parse(
  readFileSync('test/oracle/tokenizer/xlm-roberta.tokenizer.json', 'utf8'),
) as Layout
const map = charsmapNormalizer(
  cursor({ precompiled_charsmap: normalizer.normalizers[0]?.precompiled_charsmap }),
)
const normalized = (text: string): string => map.normalize(original(text)).text

describe('charsmapNormalizer', () => {
  it.each([
    ['ＡＢ１', 'AB1'],
    ['a\u0001b\u00adc', 'abc'],
    ['a\u3000b\u200bc', 'a b c'],
    ['½', '1⁄2'],
    ['e\u0301', 'é'],
    ['한국어 漢字 😀', '한국어 漢字 😀'],
    ['', ''],
  ])('rewrites %j as %j', (text, expected) => {
    expect(normalized(text)).toBe(expected)
  })

  it('replaces a whole cluster by what its shortest key gives, as SentencePiece does', () => {
    expect(normalized('a\u0301\u0327')).toBe('á')
  })

  it('follows characters that vanish and join', () => {
    expect(origins(map.normalize(original('\u0001e\u0301½')))).toEqual([
      ['é', 1, 3],
      ['1', 3, 4],
      ['⁄', 3, 4],
      ['2', 3, 4],
    ])
  })

  it('names a map that is cut off', () => {
    expect(() => charsmapNormalizer(cursor({ precompiled_charsmap: 'AAEAAA==' }))).toThrow(
      'tokenizer.json: precompiled_charsmap must hold a trie within its 4 bytes, after the trie\'s size, found "AAEAAA=="',
    )
  })
})
