import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { chunkIds, chunkSpan, planChunks } from '../../../src/tokenizer/chunk-plan.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../../../src/tokenizer/text-tokenizer.js'
import { seededRandom } from '../../random.js'

const ORACLE = new URL('../../oracle/tokenizer/', import.meta.url)

function open(url: URL): TextTokenizer {
  return loadTokenizer({ tokenizer: JSON.parse(readFileSync(url, 'utf8')) })
}

const wordPiece = open(new URL('../../../models/splade-tiny-en/tokenizer.json', import.meta.url))
const TOKENIZERS: readonly (readonly [string, TextTokenizer])[] = [
  ['WordPiece', wordPiece],
  ...['modern-bert', 'roberta', 'xlm-roberta'].map(
    (name) => [name, open(new URL(`${name}.tokenizer.json`, ORACLE))] as const,
  ),
]

interface CutOptions {
  readonly maxTokens: number
  readonly overlap?: number
  readonly tokenizer?: TextTokenizer
}

/** The chunks of a text, as pieces of it. */
function cut(text: string, { maxTokens, overlap = 0, tokenizer = wordPiece }: CutOptions): readonly string[] {
  const tokenized = tokenizer.tokenize(text)
  const chunks = planChunks(text, tokenized, { maxTokens, overlap })
  return chunks.map((chunk) => text.slice(...chunkSpan(tokenized, chunk)))
}

describe('planChunks', () => {
  it('leaves a text that fits as it is', () => {
    expect(cut('One two three.', { maxTokens: 6 })).toEqual(['One two three.'])
  })

  it.each(['', ' \n '])('gives text %j without tokens one empty chunk', (text) => {
    const tokenized = wordPiece.tokenize(text)
    const chunks = planChunks(text, tokenized, { maxTokens: 512, overlap: 0 })
    expect(chunks.map((chunk) => chunkSpan(tokenized, chunk))).toEqual([[0, 0]])
    expect(chunkIds(tokenized, chunks[0]!)).toEqual(tokenized.ids)
  })

  it('cuts where sentences end', () => {
    const sentences = ['The cat sat on the mat.', 'It was red.', 'Then the dog came in and sat too.']
    expect(cut(sentences.join(' '), { maxTokens: 14 })).toEqual([
      sentences.slice(0, 2).join(' '),
      sentences[2],
    ])
  })

  it.each([
    ['Korean', '가 나 다 라 마 바.', 12],
    ['Japanese', '東京都中央区。', 9],
    ['Chinese', '中国北京人民！', 9],
  ])('cuts %s where sentences end', (_, sentence, maxTokens) => {
    const tokenizer = open(new URL('xlm-roberta.tokenizer.json', ORACLE))
    const perSentence = tokenizer.tokenize(sentence).tokenCount
    const pieces = cut(Array<string>(6).fill(sentence).join(' '), {
      tokenizer,
      maxTokens: Math.max(maxTokens, 2 * perSentence + 2),
    })
    expect(pieces.length).toBeGreaterThan(1)
    for (const piece of pieces) expect(piece.trim().endsWith(sentence.at(-1)!)).toBe(true)
  })

  it('cuts at white space where there are no sentences, into chunks of about equal length', () => {
    const pieces = cut("can't ".repeat(45).trim(), { maxTokens: 34 })
    expect(pieces.map((piece) => piece.split(' ').length)).toEqual([9, 9, 9, 9, 9])
    for (const piece of pieces) expect(piece).toMatch(/^can't( can't)*$/)
  })

  it('cuts inside a word that is longer than a chunk', () => {
    const word = 'ab'.repeat(40)
    const pieces = cut(word, { maxTokens: 12 })
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe(word)
  })

  it('leaves no stub at the end', () => {
    for (let words = 11; words < 60; words++) {
      const pieces = cut('word '.repeat(words).trim(), { maxTokens: 12 })
      for (const piece of pieces) expect(piece.split(' ').length).toBeGreaterThanOrEqual(3)
    }
  })

  it('repeats whole words of the chunk before', () => {
    const words = Array.from({ length: 40 }, (_, n) => `w${n}x`)
    const pieces = cut(words.join(' '), { maxTokens: 32, overlap: 8 }).map((piece) => piece.split(' '))
    pieces.slice(1).forEach((piece, index) => {
      const before = pieces[index]!
      const repeated = before.indexOf(piece[0]!)
      expect(repeated).toBeGreaterThan(0)
      expect(piece.slice(0, before.length - repeated)).toEqual(before.slice(repeated))
    })
    expect(new Set(pieces.flat())).toEqual(new Set(words))
  })
})

const SNIPPETS = [
  'The quick brown fox. ',
  "can't stop! ",
  '대한민국의 수도는 서울이다. ',
  '東京は日本の首都です。',
  '😀👨‍👩‍👧 ',
  '뷁뛣',
  'supercalifragilistic'.repeat(9),
  '\n\n',
  '   ',
  '\u0000',
  '\ud83d',
  'e\u0301',
  '[SEP] ',
  '… ',
]

describe.each(TOKENIZERS)('planChunks over %s', (_, tokenizer) => {
  const random = seededRandom(4)
  const pick = (): string => SNIPPETS[Math.floor(random() * SNIPPETS.length)]!
  const special = tokenizer.tokenize('').tokenCount
  const cases = Array.from({ length: 60 }, () => {
    const text = Array.from({ length: 1 + Math.floor(random() * 60) }, pick).join('')
    const room = 1 + Math.floor(random() * 40)
    return { text, maxTokens: room + special, overlap: Math.floor(random() * (Math.floor(room / 2) + 1)) }
  })

  it('puts every token into a chunk, in order, and none is too long', () => {
    for (const { text, maxTokens, overlap } of cases) {
      const tokenized = tokenizer.tokenize(text)
      const chunks = planChunks(text, tokenized, { maxTokens, overlap })
      const suffix = tokenized.words.findLastIndex((word) => word !== -1)
      const first = tokenized.words.findIndex((word) => word !== -1)
      if (first >= 0) expect(chunks[0]!.first).toBe(first)
      expect(chunks.at(-1)!.end).toBe(suffix === -1 ? tokenized.ids.length : suffix + 1)
      chunks.forEach((chunk, index) => {
        expect(chunkIds(tokenized, chunk).length).toBeLessThanOrEqual(maxTokens)
        if (index === 0) return
        expect(chunk.first).toBeLessThanOrEqual(chunks[index - 1]!.end)
        expect(chunk.first).toBeGreaterThanOrEqual(chunks[index - 1]!.end - overlap)
        expect(chunk.end).toBeGreaterThan(chunks[index - 1]!.end)
      })
    }
  })

  it('gives the model the ids of the whole text, between the same special tokens', () => {
    for (const { text, maxTokens } of cases) {
      const tokenized = tokenizer.tokenize(text)
      const chunks = planChunks(text, tokenized, { maxTokens, overlap: 0 })
      const [prefix, suffix] = [chunks[0]!.first, tokenized.ids.length - chunks.at(-1)!.end]
      const rows = chunks.map((chunk) => [...chunkIds(tokenized, chunk)])
      const own = rows.flatMap((ids) => ids.slice(prefix, ids.length - suffix))
      expect([
        ...tokenized.ids.slice(0, prefix),
        ...own,
        ...tokenized.ids.slice(tokenized.ids.length - suffix),
      ]).toEqual([...tokenized.ids])
    }
  })

  it('never splits a surrogate pair', () => {
    for (const { text, maxTokens, overlap } of cases) {
      for (const piece of cut(`${text.replace(/\p{Cs}/gu, ' ')}😀`, {
        maxTokens,
        overlap,
        tokenizer,
      })) {
        expect(piece).not.toMatch(/\p{Cs}/u)
      }
    }
  })
})
