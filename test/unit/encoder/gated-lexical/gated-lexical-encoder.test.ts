import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../../src/encoder/encoder.js'
import { createGatedLexicalEncoder } from '../../../../src/encoder/gated-lexical/gated-lexical-encoder.js'
import { loadEncoder } from '../../../../src/encoder/load.js'
import { createGatedLexicalSession } from '../../../../src/inference/gated-lexical-session.js'
import type { GatedLexicalModel } from '../../../../src/model/gated-lexical/gated-lexical-model.js'
import { loadModel } from '../../../../src/model/load-model.js'
import { loadTokenizer } from '../../../../src/tokenizer/load-tokenizer.js'

const QUESTION = '보스턴의 인구는 얼마인가요?'
let model: GatedLexicalModel
let encoder: Encoder

beforeAll(async () => {
  model = (await loadModel(join(import.meta.dirname, '../../../../models/ko-en-mini'))) as GatedLexicalModel
  encoder = await loadEncoder(model)
})
afterAll(() => encoder.close())

describe('createGatedLexicalEncoder', () => {
  it('keeps words without their particles, and adds related ones', async () => {
    const [query] = await encoder.encodeQueries([QUESTION])
    expect([...query!.vector.keys()]).toEqual(expect.arrayContaining(['보스턴', '인구', 'boston']))
    expect(query!.vector.has('보스턴의')).toBe(false)
    expect(query!.vector.get('인구')!).toBeGreaterThan(query!.vector.get('boston')!)
  })

  it('weighs a query otherwise than a document', async () => {
    const [query] = await encoder.encodeQueries([QUESTION])
    const [document] = await encoder.encodeDocuments([QUESTION])
    expect(query!.vector).not.toEqual(document!.vector)
    expect(query!.vector.size).toBeLessThanOrEqual(32)
  })

  it('reads both languages and digits in one text', async () => {
    const [document] = await encoder.encodeDocuments(['OpenSearch 3.8에서 색인을 만드는 법'])
    expect([...document!.vector.keys()]).toEqual(expect.arrayContaining(['opensearch', '3', '8', '색인']))
  })

  it.each(['', ' \n', '...!?'])('gives a text without terms (%j) an empty vector', async (text) => {
    const [encoding] = await encoder.encodeDocuments([text])
    expect(encoding).toMatchObject({ vector: new Map(), truncated: false })
  })

  it('finds a name behind the last window, and says that it was not read', async () => {
    const { windowPieces, maxWindows } = model.settings.document
    const text = `${'a b c d '.repeat((windowPieces * maxWindows) / 2)}훈민정음`
    const [document] = await encoder.encodeDocuments([text])
    expect(document!.vector.has('훈민정음')).toBe(true)
    expect(document).toMatchObject({ truncated: true })
    expect(document!.tokenCount).toBeGreaterThan(windowPieces * maxWindows)
  })

  it('locates terms where they stand, with words and their bigrams', () => {
    expect(encoder.locate('아, 임진왜란은').get('임진왜란')).toEqual([[3, 7]])
    expect(encoder.locate('아, 임진왜란은').get('왜란')).toEqual([[5, 7]])
  })

  it('matches words of other languages as they stand', async () => {
    const [russian] = await encoder.encodeDocuments(['Привет, мир!'])
    expect([...russian!.vector.keys()]).toEqual(expect.arrayContaining(['привет', 'мир']))
    expect(russian!.fragmentation).toBe(0)
  })
})

describe('options', () => {
  const open = async (options: Parameters<typeof loadEncoder>[1], use: (other: Encoder) => Promise<void>) => {
    const other = await loadEncoder(model, options)
    await use(other).finally(() => other.close())
  }

  it('weigh a query by rarity alone, and documents as before', async () => {
    await open({ queryEncoder: 'idf' }, async (other) => {
      const [query] = await other.encodeQueries([QUESTION])
      expect(query!.vector.has('boston')).toBe(false)
      const idf = model.idf.known.get('보스턴') ?? model.idf.unknownHangul
      expect(query!.vector.get('보스턴')).toBeCloseTo(idf ** model.settings.query.idfExponent, 6)
      expect(await other.encodeDocuments([QUESTION])).toEqual(await encoder.encodeDocuments([QUESTION]))
      expect(other.identity).toEqual(encoder.identity)
    })
  })

  it('prune on top of the model', async () => {
    await open({ pruneQueries: { topK: 2 }, pruneDocuments: { topK: 3 } }, async (other) => {
      const [query] = await other.encodeQueries([QUESTION])
      const [document] = await other.encodeDocuments([QUESTION])
      expect([query!.vector.size, document!.vector.size]).toEqual([2, 3])
    })
  })

  it.each([
    [{ longTexts: 'nested' } as const, /longTexts does not apply to ko-en-mini, which reads long texts in/],
    [{ chunkTokens: 100 }, /chunkTokens does not apply to ko-en-mini/],
    [{ pruneQueries: { topK: 0 } }, /topK must be an integer >= 1/],
  ])('refuse %j', async (options, message) => {
    await expect(loadEncoder(model, options)).rejects.toThrow(message)
  })

  it('refuse a model of another version of the analysis', async () => {
    const session = await createGatedLexicalSession(model)
    const tokenizer = loadTokenizer(model.tokenizerFiles)
    const other = { ...model, settings: { ...model.settings, analysisVersion: 99 } }
    expect(() => createGatedLexicalEncoder({ model: other, tokenizer, session })).toThrow(
      /model ko-en-mini was made for version 99 of the lexical analysis; this is version \d/,
    )
    await session.close()
  })
})
