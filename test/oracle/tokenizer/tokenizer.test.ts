import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import type { TokenizedText } from '../../../src/tokenizer/text-tokenizer.js'

/**
 * Ids, differences of starts, lengths, differences of word indices, and spans of characters that the normalizer
 * takes together; see make_oracle.py.
 */
type Row = readonly [ids: number[], starts: number[], lengths: number[], words: number[], joined: number[]]

interface Oracle {
  readonly texts: readonly string[]
  readonly results: Readonly<Record<string, readonly Row[]>>
}

const oracle = readJson('test/oracle/tokenizer/expected.json') as Oracle

/** A character map that drops the first characters of a text leaves Python's later spans behind by as many. */
const SPANS_BEHIND: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'xlm-roberta': { '\u0001\u0002start': 2 },
}

/** "I" and a dot above become one character, which lowercasing takes apart again: the oracle does not see it. */
const JOINED_UNSEEN: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'split-bpe': { ['İstanbul ISPARTA ılık ΣΊΣΥΦΟΣ ΌΣ ς'.normalize('NFD')]: [0, 2] },
}

describe.each(Object.entries(oracle.results))('%s', (name, rows) => {
  const tokenizer = loadTokenizer({ tokenizer: readJson(pathOf(name)) })

  it.each(casesOf(rows))('gives the ids, words and spans of Python for %j', (text, index) => {
    const [ids, starts, lengths, words, joined] = rows[index] ?? [[], [], [], [], []]
    const tokenized = tokenizer.tokenize(text)
    expect([...tokenized.ids]).toEqual(ids)
    expect([...tokenized.words]).toEqual(sums(words))
    const behind = SPANS_BEHIND[name]?.[text] ?? 0
    const blocks = [...joined, ...(JOINED_UNSEEN[name]?.[text] ?? [])]
    const spans = exactSpans(sums(starts), lengths, blocks)
    const own = spans.length - 2
    expect([...tokenized.spans]).toEqual(
      spans.map((place, at) => (1 < at && at < own ? place + behind : place)),
    )
  })

  it('gives spans within the text', () => {
    for (const text of oracle.texts) expect(outside(tokenizer.tokenize(text), text.length)).toEqual([])
  })
})

function casesOf(rows: readonly Row[]): [text: string, index: number][] {
  return rows.map((_, index) => [oracle.texts[index] ?? '', index])
}

/**
 * Where a normalizer joins characters, Python's span ends after the first of them: "é" written as "e" and an accent
 * becomes [0, 1). Ours holds all that the token came from; the oracle tells which characters belong together.
 */
function exactSpans(
  starts: readonly number[],
  lengths: readonly number[],
  joined: readonly number[],
): number[] {
  return starts.flatMap((start, token) => covering(start, start + (lengths[token] ?? 0), joined))
}

/** The span, made to hold the whole of each block that it touches. */
function covering(start: number, end: number, blocks: readonly number[]): [number, number] {
  let [from, to] = [start, end]
  for (let at = 0; at + 1 < blocks.length; at += 2) {
    const [blockStart = 0, blockEnd = 0] = blocks.slice(at, at + 2)
    if (start === end || end <= blockStart || blockEnd <= start) continue
    from = Math.min(from, blockStart)
    to = Math.max(to, blockEnd)
  }
  return [from, to]
}

function outside({ spans, ids }: TokenizedText, length: number): number[] {
  return [...ids.keys()].filter((index) => {
    const [start = -1, end = -1] = spans.subarray(2 * index, 2 * index + 2)
    return start < 0 || end < start || length < end
  })
}

function sums(differences: readonly number[]): number[] {
  let sum = 0
  return differences.map((difference) => (sum += difference))
}

function pathOf(name: string): string {
  const isBundled = name === 'splade-tiny-en'
  return isBundled ? `models/${name}/tokenizer.json` : `test/oracle/tokenizer/${name}.tokenizer.json`
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
