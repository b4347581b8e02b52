import { describe, expect, it } from '@jest/globals'
import type { Encoder, Encoding } from '../../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { TextPart } from '../../../src/engine/encoded-text.js'
import { encodeRecords, summarize } from '../../../src/indexer/encode-records.js'
import type { RecordText } from '../../../src/indexer/record.js'

const lexical = createLexicalEncoder()
const record = (...texts: readonly RecordText[]) => ({
  id: 'a',
  texts,
  source: {},
  contentHash: 'h',
  origin: { file: 'in', line: 1 },
})
const text = (field: string, ...parts: readonly (readonly [string, number])[]): RecordText => ({
  field,
  parts: parts.map(([words, weight]): TextPart => ({ text: words, weight })),
})
const vectorOf = async (words: string) => (await lexical.encodeDocuments([words]))[0]!.vector

describe('encodeRecords', () => {
  it('gives each record its own vectors, none to a field without text', async () => {
    const encoded = await encodeRecords(lexical, [
      record(text('one', ['stone bridge', 1]), text('two')),
      record(text('one'), text('two', ['old carts', 1])),
    ])
    expect(encoded.map(({ fields }) => fields.map(({ field }) => field))).toEqual([['one'], ['two']])
    expect(encoded[0]?.fields[0]?.encoding.vector).toEqual(await vectorOf('stone bridge'))
    expect(encoded[1]?.fields[0]?.encoding.vector).toEqual(await vectorOf('old carts'))
  })

  it('takes the largest weight of each token, times the weight of its part', async () => {
    const [encoded] = await encodeRecords(lexical, [
      record(text('one', ['stone bridge', 2], ['bridge bridge bridge river', 1])),
    ])
    const title = await vectorOf('stone bridge')
    const body = await vectorOf('bridge bridge bridge river')
    const merged = encoded?.fields[0]?.encoding
    const largest = Math.max(2 * title.get('bridg')!, body.get('bridg')!)
    expect(Object.fromEntries(merged!.vector)).toEqual({
      stone: 2 * title.get('stone')!,
      bridg: largest,
      river: body.get('river'),
    })
    expect([...merged!.vector.values()]).toEqual([...merged!.vector.values()].sort((a, b) => b - a))
    expect(merged).toMatchObject({ tokenCount: 6, truncated: false, chunkCount: 1 })
  })

  it('keeps the chunks of each part in their places of the joined text', async () => {
    const chunk = (start: number, end: number, token: string) =>
      ({ span: [start, end], vector: new Map([[token, 1]]) }) as const
    const encodings = new Map([
      ['Title', [chunk(0, 5, 'title')]],
      ['one two', [chunk(0, 3, 'one'), chunk(4, 7, 'two')]],
    ])
    const encodeDocuments: Encoder['encodeDocuments'] = (texts) =>
      Promise.resolve(
        texts.map((one): Encoding => {
          const chunks = encodings.get(one)!
          const vector = new Map(chunks.flatMap((each) => [...each.vector]))
          return {
            vector,
            chunks,
            chunkCount: chunks.length,
            tokenCount: 1,
            truncated: false,
            fragmentation: 0,
          }
        }),
      )
    const encoder = { ...lexical, encodeDocuments }
    const [encoded] = await encodeRecords(encoder, [record(text('f', ['Title', 3], ['one two', 1]))])
    expect(encoded?.fields[0]?.encoding).toMatchObject({
      chunkCount: 2,
      chunks: [
        { span: [0, 5], vector: new Map([['title', 3]]) },
        { span: [6, 9], vector: new Map([['one', 1]]) },
        { span: [10, 13], vector: new Map([['two', 1]]) },
      ],
    })
  })
})

describe('summarize', () => {
  it('weighs fragmentation by tokens, and counts chunks beyond the first of each', () => {
    const encoding = { vector: new Map(), tokenCount: 30, truncated: true, chunkCount: 3, fragmentation: 1 }
    const other = { ...encoding, tokenCount: 10, truncated: false, chunkCount: 1, fragmentation: 0 }
    expect(summarize([encoding, other])).toEqual({
      tokenCount: 40,
      truncated: true,
      chunkCount: 3,
      fragmentation: 0.75,
    })
    expect(summarize([])).toEqual({ tokenCount: 0, truncated: false, chunkCount: 1, fragmentation: 0 })
  })
})
