import { describe, expect, it } from '@jest/globals'
import { normalizeAs, unicodeFormNormalizer, type UnicodeForm } from '../../../src/tokenizer/unicode-form.js'
import { original, origins } from './layouts.js'

const FORMS: readonly UnicodeForm[] = ['NFC', 'NFD', 'NFKC', 'NFKD']
const TEXTS = [
  'plain text',
  'Café Cafe\u0301',
  '한국어 ㄱㅏㄱ \u1112\u1161\u11ab',
  'ﾊﾞﾋﾞ ﬁ ½ ㍿',
  'a\u0327\u0301 a\u0301\u0327 e\u0316\u0301x',
  '\u0301 \u0301',
]

describe.each(FORMS)('unicodeFormNormalizer of %s', (form) => {
  const normalizer = unicodeFormNormalizer(form)

  it.each(TEXTS)('gives the text that the runtime gives for %j', (text) => {
    expect(normalizer.normalize(original(text)).text).toBe(text.normalize(form))
  })

  it('leaves no part of the text without origin, and keeps the order', () => {
    for (const text of TEXTS) {
      const starts = origins(normalizer.normalize(original(text))).map(([, start]) => start)
      expect(starts).toEqual([...starts].sort((a, b) => a - b))
    }
  })
})

describe('unicodeFormNormalizer', () => {
  it('lets a composed character come from all its parts', () => {
    const text = unicodeFormNormalizer('NFC').normalize(original('xe\u0301y'))
    expect(origins(text)).toEqual([
      ['x', 0, 1],
      ['é', 1, 3],
      ['y', 3, 4],
    ])
  })

  it('lets syllables in a run of jamo come from their own jamo', () => {
    const text = unicodeFormNormalizer('NFC').normalize(original('\u1112\u1161\u11ab\u1100\u1173\u11af'))
    expect(origins(text)).toEqual([
      ['한', 0, 3],
      ['글', 3, 6],
    ])
  })

  it('lets the parts of a taken apart character come from it', () => {
    expect(origins(unicodeFormNormalizer('NFD').normalize(original('é')))).toEqual([
      ['e', 0, 1],
      ['\u0301', 0, 1],
    ])
  })

  it('takes marks that change places as one', () => {
    const text = unicodeFormNormalizer('NFC').normalize(original('e\u0316\u0301'))
    expect(origins(text)).toEqual([
      ['é', 0, 3],
      ['\u0316', 0, 3],
    ])
  })

  it('takes a pile of a hundred thousand unordered marks', () => {
    const pile = `e${'\u0301\u0316'.repeat(50_000)}`
    expect(unicodeFormNormalizer('NFC').normalize(original(pile)).text.length).toBeGreaterThan(90_000)
  })
})

describe('normalizeAs', () => {
  it('leaves characters that were taken apart only after Unicode 12', () => {
    expect(normalizeAs('㋿x①', 'NFKC')).toBe('㋿x1')
  })
})
