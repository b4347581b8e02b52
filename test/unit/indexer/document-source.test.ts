import { describe, expect, it } from '@jest/globals'
import type { Encoding } from '../../../src/encoder/encoder.js'
import { toDocumentJson, toDocumentSource } from '../../../src/indexer/document-source.js'

const RECORD = {
  id: 'a',
  texts: [],
  source: { text: 'two words', year: 1999 },
  contentHash: 'hash',
  origin: { file: 'in.jsonl', line: 1 },
}
const OPTIONS = {
  encoder: { name: 'm', fingerprint: 'print' },
  encodedAt: new Date('2026-01-02T03:04:05Z'),
}
const encoding = (vector: ReadonlyMap<string, number>): Encoding => ({
  vector,
  tokenCount: 4,
  truncated: true,
  chunkCount: 1,
  fragmentation: 0,
})

const stored = (...encodings: readonly Encoding[]): object => {
  const fields = encodings.map((one, position) => ({ field: ['sparse', 'more'][position]!, encoding: one }))
  const encoded = { record: RECORD, fields }
  const source = toDocumentSource(encoded, OPTIONS)
  expect(JSON.parse(toDocumentJson(encoded, OPTIONS))).toEqual(JSON.parse(JSON.stringify(source)))
  return source
}

describe('toDocumentSource', () => {
  it('adds vector and side fields to what the user gave', () => {
    expect(stored(encoding(new Map([['a.b', 1.5]])))).toEqual({
      text: 'two words',
      year: 1999,
      sparse: { 'a%2Eb': 1.5 },
      splade_meta: {
        id: 'a',
        fingerprint: 'print',
        content_hash: 'hash',
        active_tokens: 1,
        token_count: 4,
        truncated: true,
        chunk_count: 1,
        encoded_at: '2026-01-02T03:04:05.000Z',
      },
    })
  })

  it('says of a document without text only what it is compared by', () => {
    expect(stored()).toEqual({
      text: 'two words',
      year: 1999,
      splade_meta: { id: 'a', fingerprint: 'print', content_hash: 'hash' },
    })
  })

  it('stores each vector field, and counts them all', () => {
    const first = encoding(new Map([['a', 1]]))
    const second = { ...encoding(new Map([['b', 2]])), truncated: false, chunkCount: 3, tokenCount: 5 }
    expect(stored(first, second)).toMatchObject({
      sparse: { a: 1 },
      more: { b: 2 },
      splade_meta: { active_tokens: 2, token_count: 9, truncated: true, chunk_count: 3 },
    })
  })

  it('stores a document without tokens', () => {
    expect(stored(encoding(new Map()))).toMatchObject({ sparse: {} })
  })

  it('stores chunks with their places where there are any', () => {
    const chunks = [
      { span: [0, 3], vector: new Map([['two', 1]]) },
      { span: [4, 9], vector: new Map([['words', 2]]) },
    ] as const
    const source = stored({ ...encoding(new Map()), chunkCount: 2, chunks })
    expect(source).toMatchObject({
      sparse: [
        { weights: { two: 1 }, start: 0, end: 3 },
        { weights: { words: 2 }, start: 4, end: 9 },
      ],
      splade_meta: { chunk_count: 2 },
    })
  })

  it('refuses a weight that the engine would refuse', () => {
    expect(() => stored(encoding(new Map([['bad', -1]])))).toThrow('token "bad"')
  })
})
