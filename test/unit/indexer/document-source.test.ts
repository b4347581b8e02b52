import { describe, expect, it } from '@jest/globals'
import { toDocumentSource } from '../../../src/indexer/document-source.js'

const RECORD = {
  id: 'a',
  text: 'two words',
  source: { text: 'two words', year: 1999 },
  contentHash: 'hash',
  origin: { file: 'in.jsonl', line: 1 },
}
const OPTIONS = {
  field: 'sparse',
  encoder: { name: 'm', fingerprint: 'print' },
  encodedAt: new Date('2026-01-02T03:04:05Z'),
}
const encoding = (vector: ReadonlyMap<string, number>) => ({
  vector,
  tokenCount: 4,
  truncated: true,
  chunkCount: 1,
  fragmentation: 0,
})

describe('toDocumentSource', () => {
  it('adds vector and side fields to what the user gave', () => {
    expect(toDocumentSource(RECORD, encoding(new Map([['a.b', 1.5]])), OPTIONS)).toEqual({
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
        encoded_at: '2026-01-02T03:04:05.000Z',
      },
    })
  })

  it('stores a document without tokens', () => {
    expect(toDocumentSource(RECORD, encoding(new Map()), OPTIONS)).toMatchObject({ sparse: {} })
  })

  it('refuses a weight that the engine would refuse', () => {
    expect(() => toDocumentSource(RECORD, encoding(new Map([['bad', -1]])), OPTIONS)).toThrow('token "bad"')
  })
})
