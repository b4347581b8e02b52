import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../../../src/tokenizer/text-tokenizer.js'

const layout = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`test/oracle/tokenizer/${name}.tokenizer.json`, 'utf8')) as Record<string, unknown>

/** The same tokenizer with one more, harmless stage that is not known to work word by word. */
function withoutWordCache(name: string): TextTokenizer {
  const whole = layout(name)
  const never = { type: 'Replace', pattern: { Regex: '\\x00never\\x00' }, content: '' }
  const normalizers = whole.normalizer === null ? [never] : [never, whole.normalizer]
  return loadTokenizer({ tokenizer: { ...whole, normalizer: { type: 'Sequence', normalizers } } })
}

const PIECES = [
  'word',
  'Cafe\u0301',
  ' ',
  '  ',
  '\n',
  '\t',
  "'s",
  '.',
  '한국',
  'ﾊﾞ',
  '漢',
  '😀',
  '\u0301',
  '\u200b',
  '\u0001',
  '1',
  '<mask>',
  'splade',
]

/** Texts of up to fifteen pieces, the same in every run. */
function arbitraryTexts(count: number): string[] {
  let state = 99
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
  const text = (): string => Array.from({ length: 1 + next(15) }, () => PIECES[next(PIECES.length)]).join('')
  return Array.from({ length: count }, text)
}

describe.each(['bert-cased', 'modern-bert', 'roberta', 'split-bpe', 'xlm-roberta'])(
  'createPieceEncoder for %s',
  (name) => {
    it('gives with remembered words what it gives without', () => {
      const remembering = loadTokenizer({ tokenizer: layout(name) })
      const plain = withoutWordCache(name)
      for (const text of [...arbitraryTexts(400), ...arbitraryTexts(400)]) {
        expect(remembering.tokenize(text)).toEqual(plain.tokenize(text))
      }
    })
  },
)
