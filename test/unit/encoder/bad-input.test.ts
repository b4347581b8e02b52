import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { createNeuralEncoder } from '../../../src/encoder/neural.js'
import { EncodingError } from '../../../src/errors.js'
import { loadModelBundle, type ModelBundle } from '../../../src/model/bundle.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../model-folder.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const MEGABYTE = 2 ** 20

const folder = useTemporaryFolder()
let bundle: ModelBundle
let encoder: Encoder

beforeAll(async () => {
  bundle = await loadModelBundle(MODEL)
  encoder = await loadNeuralEncoder(bundle)
})

afterAll(() => encoder.close())

describe('bad texts', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \t\r\n\u00a0\u3000'],
    ['ten million spaces', ' '.repeat(1e7)],
    ['control characters', '\u0000\u0001\u001f\u007f'],
    ['special tokens', '[SEP] [MASK] [CLS]'],
  ])('gives %s an empty vector', async (_, text) => {
    const [encoding] = await encoder.encodeDocuments([text])
    expect(encoding!.vector.size).toBe(0)
    expect(encoding!.truncated).toBe(false)
  })

  it('reads around lone surrogates and NUL', async () => {
    const [clean, dirty] = await encoder.encodeDocuments(['a red car', '\u0000a \ud83dred\udc00 c\u0000ar'])
    expect([...dirty!.vector.keys()]).toContain('car')
    expect([...clean!.vector.keys()]).toContain('car')
    expect(encoder.locate('\udc00 car').get('car')).toEqual([[2, 5]])
  })

  it('reads one word of ten million characters', async () => {
    const [encoding] = await encoder.encodeDocuments(['a'.repeat(1e7)])
    expect(encoding!.tokenCount).toBe(3)
  })

  it('reads a text of over a thousand chunks in bounded memory, to its end', async () => {
    const text = `${'the sun shines. '.repeat(5000)}a volcano erupts.`
    const small = await loadNeuralEncoder(bundle, { chunkTokens: 22 })
    const before = process.memoryUsage().rss
    const [encoding] = await small.encodeDocuments([text])
    const grown = process.memoryUsage().rss - before
    await small.close()
    expect(encoding).toMatchObject({ chunkCount: 1251, truncated: false })
    expect([...encoding!.vector.keys()]).toEqual(expect.arrayContaining(['sun', 'volcano']))
    expect(grown).toBeLessThan(300 * MEGABYTE)
  })

  it('encodes what comes after a bad text', async () => {
    const [, good] = await encoder.encodeDocuments(['\ud800', 'a red car'])
    expect(good!.vector.size).toBeGreaterThan(0)
  })
})

describe('a broken model', () => {
  it('is refused with the token whose weight is not a number', async () => {
    const tokenizer = loadTokenizer(bundle.tokenizerFiles)
    const car = tokenizer.idOf('car')!
    let runs = 0
    const broken = createNeuralEncoder({
      identity: { name: 'broken', fingerprint: 'f' },
      tokenizer,
      maxTokens: 512,
      session: {
        run: (batch) => {
          runs++
          return Promise.resolve(
            batch.map(() => ({ tokenIds: Int32Array.of(car), weights: Float32Array.of(NaN) })),
          )
        },
        close: () => Promise.resolve(),
      },
    })
    await expect(broken.encodeDocuments(['anything'])).rejects.toThrow(EncodingError)
    await expect(broken.encodeDocuments(['anything'])).rejects.toThrow(/broken.*"car".*NaN/)
    runs = 0
    await expect(broken.encodeDocuments(['long '.repeat(2e6)])).rejects.toThrow(/"car".*NaN/)
    expect(runs).toBeLessThan(1000)
  })

  it('whose weights on disk are not numbers is refused', async () => {
    const { config, tensors } = tinyBert()
    const name = 'cls.predictions.transform.LayerNorm.weight'
    const damaged = { ...tensors, [name]: { shape: [8], values: new Float32Array(8).fill(NaN) } }
    const directory = await writeModelFolder(join(folder.path, 'damaged'), { config, tensors: damaged })
    const model = await loadNeuralEncoder(await loadModelBundle(directory))
    try {
      await expect(model.encodeDocuments(['word1 word2'])).rejects.toThrow(/damaged.*NaN/)
    } finally {
      await model.close()
    }
  })
})
