import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { FeatureError } from '../../../src/errors.js'
import {
  decodeFeatureName,
  encodeFeatureName,
  isPlainName,
  MAX_FEATURE_NAME_BYTES,
} from '../../../src/rank-features/feature-name.js'

const AWKWARD = [
  '',
  '.',
  '..',
  'a.b.c',
  '%',
  '%2E',
  '%u00A0',
  ' ',
  '   ',
  ' lead',
  'trail ',
  '__proto__',
  'constructor',
  '__',
  '##ing',
  'Ġthe',
  '▁서울',
  '서울',
  'ᄉ',
  '서울',
  '\u0000',
  '\u001f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\ud800',
  '\udc00',
  '\udc00\ud800',
  '😀',
  '👩‍👩‍👧',
  '"quoted"',
  '\\',
  '*',
  '?',
  '^2',
  '[PAD]',
]

describe('encodeFeatureName', () => {
  it.each(AWKWARD)('is reversed by decodeFeatureName for %j', (token) => {
    expect(decodeFeatureName(encodeFeatureName(token))).toBe(token)
  })

  it('gives different names to different tokens', () => {
    expect(new Set(AWKWARD.map(encodeFeatureName)).size).toBe(new Set(AWKWARD).size)
  })

  it('leaves no dot, white space, control character or lone surrogate', () => {
    for (const token of AWKWARD) {
      const name = encodeFeatureName(token)
      expect(name).not.toMatch(/[.\s\p{Cc}]/u)
      expect(Buffer.from(name).toString()).toBe(name)
      expect(name).not.toBe('')
    }
  })

  it('keeps readable tokens readable', () => {
    expect(['서울', '##ing', 'covid-19', 'naïve', '漢字', '😀'].map(encodeFeatureName)).toEqual([
      '서울',
      '##ing',
      'covid-19',
      'naïve',
      '漢字',
      '😀',
    ])
  })

  it('writes the escapes that documented names rely on', () => {
    expect(['3.14', '100%', '\u3000', '\ud83d'].map(encodeFeatureName)).toEqual([
      '3%2E14',
      '100%25',
      '%u3000',
      '%uD83D',
    ])
  })

  it('is reversible over every token of the bundled English vocabulary', () => {
    const vocabulary = bundledVocabulary()
    const names = vocabulary.map(encodeFeatureName)
    expect(vocabulary.length).toBe(30_522)
    expect(names.map(decodeFeatureName)).toEqual(vocabulary)
    expect(new Set(names).size).toBe(vocabulary.length)
  })

  it('is reversible over every UTF-16 code unit', () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const token = `a${String.fromCharCode(unit)}b`
      expect(decodeFeatureName(encodeFeatureName(token))).toBe(token)
    }
  })

  it('refuses a name that Lucene could not store and says how long it is', () => {
    expect(() => encodeFeatureName('가'.repeat(10_923))).toThrow(FeatureError)
    expect(() => encodeFeatureName('가'.repeat(10_923))).toThrow(/32769 bytes/)
    expect(encodeFeatureName('a'.repeat(MAX_FEATURE_NAME_BYTES))).toHaveLength(MAX_FEATURE_NAME_BYTES)
  })
})

describe('isPlainName', () => {
  it('is true only for what is its own name, in JSON too', () => {
    for (const token of AWKWARD.filter((awkward) => isPlainName(awkward))) {
      expect([token, encodeFeatureName(token), JSON.stringify(token)]).toEqual([token, token, `"${token}"`])
    }
  })

  it.each(['서울', '##ing', '12', 'ﬁ', 'x'.repeat(1_024)])('is true for %s', (token) => {
    expect(isPlainName(token)).toBe(true)
  })

  it.each(['', 'a.b', '%', 'a"b', 'a\\b', 'a b', '\n', '😀', '\ud800', 'x'.repeat(1_025)])(
    'is false for %j',
    (token) => {
      expect(isPlainName(token)).toBe(false)
    },
  )
})

describe('decodeFeatureName', () => {
  it.each(['a.b', '50%', '%2', '%zz', '%41', 'a b', '%u0041', '%u00'])(
    'refuses %j, which no token encodes to',
    (name) => {
      expect(() => decodeFeatureName(name)).toThrow(FeatureError)
    },
  )
})

function bundledVocabulary(): string[] {
  const file = new URL('../../../models/splade-tiny-en/tokenizer.json', import.meta.url)
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as { model: { vocab: Record<string, number> } }
  return Object.keys(parsed.model.vocab)
}
