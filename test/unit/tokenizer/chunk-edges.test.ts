import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { EDGE, rateEdge, rateEdges } from '../../../src/tokenizer/chunk-edges.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../../../src/tokenizer/text-tokenizer.js'

function open(path: string): TextTokenizer {
  const file = new URL(`../../../${path}`, import.meta.url)
  return loadTokenizer({ tokenizer: JSON.parse(readFileSync(file, 'utf8')) })
}

const wordPiece = open('models/splade-tiny-en/tokenizer.json')
const byteLevel = open('test/oracle/tokenizer/modern-bert.tokenizer.json')

/** The ratings of the cuts between a text's own tokens, by name. */
function ratingsOf(tokenizer: TextTokenizer, text: string): readonly string[] {
  const tokenized = tokenizer.tokenize(text)
  const first = tokenized.words.findIndex((word) => word !== -1)
  const last = tokenized.words.findLastIndex((word) => word !== -1)
  const names = Object.entries(EDGE)
  return [...rateEdges(text, tokenized, first + 1, last)].map(
    (rating) => names.find(([, value]) => value === rating)![0],
  )
}

describe('rateEdges', () => {
  it('tells words, white space and ends of sentences apart', () => {
    expect(ratingsOf(wordPiece, 'It rains! Go home, now')).toEqual([
      'space',
      'word',
      'sentence',
      'space',
      'word',
      'space',
    ])
  })

  it('sees parts of words', () => {
    expect(new Set(ratingsOf(wordPiece, 'snowboarding'.repeat(3)))).toEqual(new Set(['insideWord']))
  })

  it('finds the ends of sentences where tokens start with their space', () => {
    const ratings = ratingsOf(byteLevel, 'It is. We go.')
    expect(ratings.filter((rating) => rating === 'sentence')).toHaveLength(1)
    const tokenized = byteLevel.tokenize('It is. We go.')
    const own = tokenized.words.findIndex((word) => word !== -1)
    const start = tokenized.spans[2 * (own + 1 + ratings.indexOf('sentence'))]!
    expect('It is. We go.'.slice(start).trim()).toBe('We go.')
  })

  it('sees tokens that are parts of one character', () => {
    const text = '𓀀𓀁'
    expect(byteLevel.tokenize(text).tokenCount).toBeGreaterThan(5)
    expect(ratingsOf(byteLevel, text)).toContain('insideCharacter')
  })
})

describe('rateEdge', () => {
  it('rates one cut as rateEdges does where no sentence ends', () => {
    const text = "don't stop here"
    const tokenized = wordPiece.tokenize(text)
    const rated = rateEdges(text, tokenized, 2, 5)
    expect([2, 3, 4, 5].map((token) => rateEdge(text, tokenized, token))).toEqual([...rated])
  })
})
