import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { createNeuralEncoder } from '../../../src/encoder/neural.js'
import { EncodingError } from '../../../src/errors.js'
import { loadModelBundle, type ModelBundle } from '../../../src/model/bundle.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
let bundle: ModelBundle
let encoder: Encoder

beforeAll(async () => {
  bundle = await loadModelBundle(MODEL)
  encoder = await loadNeuralEncoder(bundle, { pruneQueries: { topK: 3 } })
})

afterAll(() => encoder.close())

describe('the neural encoder', () => {
  it('gives terms heaviest first and none of the special tokens', async () => {
    const [encoding] = await encoder.encodeDocuments(['The [SEP] token ends a text'])
    const weights = [...encoding!.vector.values()]
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
    expect(
      [...encoding!.vector.keys()].filter((token) => /^\[(CLS|SEP|PAD|MASK|UNK)\]$/.test(token)),
    ).toEqual([])
  })

  it.each(['', '   ', '\n'])('gives text %j without content an empty vector', async (text) => {
    const [encoding] = await encoder.encodeDocuments([text])
    expect(encoding).toMatchObject({ truncated: false, fragmentation: 0 })
    expect(encoding!.vector.size).toBe(0)
  })

  it('prunes queries and documents by their own rules', async () => {
    const [query] = await encoder.encodeQueries(['my car does not start'])
    const [document] = await encoder.encodeDocuments(['my car does not start'])
    expect(query!.vector.size).toBe(3)
    expect([...query!.vector]).toEqual([...document!.vector].slice(0, 3))
  })

  it('says that a text was longer than the model reads', async () => {
    const [long, short] = await encoder.encodeDocuments(['word '.repeat(700), 'word'])
    expect(long).toMatchObject({ truncated: true, tokenCount: 702 })
    expect(short).toMatchObject({ truncated: false, tokenCount: 3 })
  })

  it('reports that its vocabulary does not know Korean', async () => {
    const [korean, english] = await encoder.encodeDocuments([
      '대한민국의 수도는 서울이다',
      'Seoul is the capital of Korea',
    ])
    expect(korean!.fragmentation).toBeGreaterThan(0.9)
    expect(english!.fragmentation).toBeLessThan(0.2)
  })

  it('locates tokens by UTF-16 units of the text', () => {
    const text = '😀 Car, car and CARS'
    const spans = encoder.locate(text).get('car')
    expect(spans?.map(([start, end]) => text.slice(start, end))).toEqual(['Car', 'car'])
  })

  it('refuses a weight that is not a number and names the token', async () => {
    const tokenizer = loadTokenizer(bundle.tokenizerFiles)
    const car = tokenizer.idOf('car')!
    const broken = createNeuralEncoder({
      identity: { name: 'broken', fingerprint: 'f' },
      tokenizer,
      maxTokens: 512,
      session: {
        run: (batch) =>
          Promise.resolve(batch.map(() => ({ tokenIds: Int32Array.of(car), weights: Float32Array.of(NaN) }))),
        close: () => Promise.resolve(),
      },
    })
    await expect(broken.encodeDocuments(['anything'])).rejects.toThrow(EncodingError)
    await expect(broken.encodeDocuments(['anything'])).rejects.toThrow(/broken.*"car".*NaN/)
  })
})
