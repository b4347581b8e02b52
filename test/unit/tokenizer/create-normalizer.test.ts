import { describe, expect, it } from '@jest/globals'
import { createNormalizer } from '../../../src/tokenizer/create-normalizer.js'
import { cursor, original } from './layouts.js'

const normalized = (config: unknown, text: string): string =>
  createNormalizer(cursor(config)).normalize(original(text)).text

describe('createNormalizer', () => {
  it.each([
    [null, 'É ', 'É '],
    [{ type: 'NFD' }, 'É', 'E\u0301'],
    [{ type: 'NFKC' }, 'Ａ①', 'A1'],
    [{ type: 'Lowercase' }, 'ÀΣ', 'àσ'],
    [{ type: 'StripAccents' }, 'e\u0301', 'e'],
    [{ type: 'Nmt' }, 'a\u200bb\u0001', 'a b'],
    [{ type: 'ByteLevel' }, ' é', 'ĠÃ©'],
    [{ type: 'Strip', strip_left: true, strip_right: false }, ' a ', 'a '],
    [{ type: 'Prepend', prepend: '▁' }, 'a', '▁a'],
    [{ type: 'Precompiled', precompiled_charsmap: null }, 'Ａ', 'Ａ'],
    [{ type: 'Replace', pattern: { String: ' ' }, content: '▁' }, 'a b', 'a▁b'],
    [{ type: 'BertNormalizer' }, 'É漢', 'e 漢 '],
    [
      { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }, { type: 'Lowercase' }] },
      'É',
      'e',
    ],
  ])('with %j rewrites %j', (config, text, expected) => {
    expect(normalized(config, text)).toBe(expected)
  })

  it.each([
    [{ type: 'NFC' }, true],
    [{ type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }, true],
    [{ type: 'Replace', pattern: { String: '``' }, content: '"' }, true],
    [{ type: 'Replace', pattern: { String: 'a b' }, content: '' }, false],
    [{ type: 'Replace', pattern: { Regex: '\\s' }, content: '' }, false],
    [{ type: 'Prepend', prepend: '▁' }, false],
    [{ type: 'Strip', strip_left: true, strip_right: true }, false],
    [{ type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Prepend', prepend: '▁' }] }, false],
  ])('knows whether %j works word by word', (config, expected) => {
    expect(createNormalizer(cursor(config)).isLocalToWords).toBe(expected)
  })

  it('names a type that is not supported, wherever it stands', () => {
    const config = { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Magic' }] } }
    expect(() => createNormalizer(cursor(config).at('normalizer'))).toThrow(
      /^tokenizer.json: normalizer.normalizers\[1\].type must be a supported normalizer \(.*\), found "Magic"$/,
    )
  })
})
