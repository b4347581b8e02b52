import { describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import { EncodingStage } from '../../../src/indexer/encoding-stage.js'
import type { EncodedEvent } from '../../../src/indexer/events.js'
import type { DocumentRecord } from '../../../src/indexer/record.js'

const recordOf = (id: string, ...texts: string[]): DocumentRecord => ({
  ...{ id, source: {}, contentHash: id, origin: { file: 'a' } },
  texts: [{ field: 'splade', parts: texts.map((text) => ({ text, weight: 1 })) }],
})

describe('EncodingStage', () => {
  it('encodes a batch, tells of the documents with text, and times it', async () => {
    const events: EncodedEvent[] = []
    const stage = new EncodingStage(createLexicalEncoder(), (event) => events.push(event))
    const encoded = await stage.encode([recordOf('a', 'wet leaf'), recordOf('b')])
    expect(encoded.map(({ fields }) => fields.length)).toEqual([1, 0])
    expect(events).toMatchObject([{ type: 'encoded', documents: 1, tokenCounts: [2] }])
    expect(stage.busyMs()).toBeGreaterThan(0)
  })

  it('sums what is told of long texts', async () => {
    const lexical = createLexicalEncoder()
    const chunking = {
      ...lexical,
      encodeDocuments: async (texts: readonly string[]) =>
        (await lexical.encodeDocuments(texts)).map((encoding) => ({ ...encoding, chunkCount: 3 })),
    }
    const stage = new EncodingStage(chunking, () => undefined)
    await stage.encode([recordOf('a', 'one')])
    await stage.encode([recordOf('b', 'two')])
    expect(stage.longTexts()).toEqual({ chunked: 2, chunks: 6, truncated: 0 })
  })

  it('has nothing to say of an empty batch, nor of one without text', async () => {
    const events: EncodedEvent[] = []
    const stage = new EncodingStage(createLexicalEncoder(), (event) => events.push(event))
    expect(await stage.encode([])).toEqual([])
    expect(await stage.encode([recordOf('a')])).toHaveLength(1)
    expect(events).toEqual([])
  })
})
