import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EncodingError, ModelError } from '../../../src/errors.js'
import { openGraphRunner } from '../../../src/inference/graph-runner.js'
import {
  createSession,
  sessionOverBuckets,
  type SpladeSession,
} from '../../../src/inference/splade-session.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../model-folder.js'

const folder = useTemporaryFolder()
let session: SpladeSession

beforeAll(async () => {
  const directory = await writeModelFolder(join(folder.path, 'tiny'), tinyBert())
  session = await createSession(await loadModelBundle(directory), { threads: 1 })
})

afterAll(() => session.close())

describe('SpladeSession', () => {
  it('gives each text its non-zero weights in order of token id', async () => {
    const [row] = await session.run([Int32Array.of(1, 2, 3)])
    expect(row!.tokenIds.length).toBeGreaterThan(0)
    expect(row!.weights).toHaveLength(row!.tokenIds.length)
    expect([...row!.tokenIds]).toEqual([...row!.tokenIds].sort((a, b) => a - b))
    expect(row!.weights.every((weight) => weight > 0)).toBe(true)
  })

  it('gives a text the same weights in a batch as alone', async () => {
    const texts = [Int32Array.of(1, 2, 3), Int32Array.of(4, 5, 6), Int32Array.of(7, 8, 9)]
    const together = await session.run(texts)
    for (const [index, text] of texts.entries()) {
      const [alone] = await session.run([text])
      expect(together[index]!.tokenIds).toEqual(alone!.tokenIds)
      alone!.weights.forEach((weight, term) => {
        expect(together[index]!.weights[term]).toBeCloseTo(weight, 5)
      })
    }
  })

  it('gives no texts nothing', async () => {
    expect(await session.run([])).toEqual([])
  })

  it('refuses a text without tokens', async () => {
    await expect(session.run([new Int32Array()])).rejects.toThrow('must have at least one token')
  })

  it('refuses texts of different lengths', async () => {
    await expect(session.run([Int32Array.of(1), Int32Array.of(1, 2)])).rejects.toThrow(
      'texts of one run must have equal lengths in a session without padding',
    )
  })

  it('fails on a token id beyond the vocabulary, and goes on working', async () => {
    await expect(session.run([Int32Array.of(12)])).rejects.toThrow(
      /model tiny failed on input_ids \[1, 1\]: .*indices element out of data bounds, idx=12/s,
    )
    await expect(session.run([Int32Array.of(12)])).rejects.toThrow(EncodingError)
    expect(await session.run([Int32Array.of(1)])).toHaveLength(1)
  })
})

describe('SpladeSession with padding', () => {
  it('gives texts of different lengths the weights of each alone', async () => {
    const texts = [Int32Array.of(1, 2, 3, 4, 5), Int32Array.of(6), Int32Array.of(7, 8, 9)]
    const padded = await createSession(await loadModelBundle(join(folder.path, 'tiny')), { padded: true })
    const together = await padded.run(texts)
    await padded.close()
    for (const [index, text] of texts.entries()) {
      const [alone] = await session.run([text])
      expect(together[index]!.tokenIds).toEqual(alone!.tokenIds)
      alone!.weights.forEach((weight, term) => {
        expect(together[index]!.weights[term]).toBeCloseTo(weight, 5)
      })
    }
  })
})

describe('a model with damaged weights', () => {
  it.each([
    'cls.predictions.bias',
    'bert.embeddings.word_embeddings.weight',
    'bert.encoder.layer.0.attention.self.query.weight',
  ])('shows in its weights that %s is not a number', async (name) => {
    const { config, tensors } = tinyBert()
    const damaged = { ...tensors[name]!, values: tensors[name]!.values.map(() => NaN) }
    const directory = join(folder.path, name)
    await writeModelFolder(directory, { config, tensors: { ...tensors, [name]: damaged } })
    const broken = await createSession(await loadModelBundle(directory))
    const [row] = await broken.run([Int32Array.of(1, 2, 3)])
    await broken.close()
    expect([...row!.weights]).toContainEqual(NaN)
  })
})

describe('createSession', () => {
  it('names the tensor of 8 bits that has no scales', async () => {
    const { config, tensors } = tinyBert()
    const name = 'bert.embeddings.word_embeddings.weight'
    const bytes = { shape: [12, 8], values: new Float32Array(96), type: 'I8' } as const
    const directory = join(folder.path, 'unscaled')
    await writeModelFolder(directory, { config, tensors: { ...tensors, [name]: bytes } })
    await expect(createSession(await loadModelBundle(directory))).rejects.toThrow(
      `model.safetensors: tensor ${name} has 8 bits and no scale for each of its rows`,
    )
  })

  it('names the model whose weights have gone', async () => {
    const directory = await writeModelFolder(join(folder.path, 'gone'), tinyBert())
    const bundle = await loadModelBundle(directory)
    await rm(join(directory, 'model.safetensors'))
    await expect(createSession(bundle)).rejects.toThrow(/onnxruntime cannot load model gone: /)
    await expect(createSession(bundle)).rejects.toThrow(ModelError)
  })
})

describe('a session over few shapes', () => {
  it('gives texts the weights of each alone, in runs of padded lengths and rows', async () => {
    const { inputs, ...graph } = await (
      await loadModelBundle(join(folder.path, 'tiny'))
    ).writeGraph({ padded: true })
    const runner = await openGraphRunner({ inputs, ...graph }, 'tiny')
    const shapes: unknown[] = []
    const bucketed = sessionOverBuckets(
      {
        ...runner,
        workers: 1,
        run: (feeds, outputs) => {
          shapes.push(feeds.input_ids?.dims)
          return runner.run(feeds, outputs)
        },
      },
      inputs,
      32,
    )
    const texts = [Int32Array.of(1, 2, 3, 4, 5), Int32Array.of(6), Int32Array.of(7, 8, 9)]
    const together = await bucketed.run(texts)
    await runner.close()
    expect(shapes).toEqual([[4, 16]])
    expect(together).toHaveLength(3)
    for (const [index, text] of texts.entries()) {
      const [alone] = await session.run([text])
      expect(together[index]!.tokenIds).toEqual(alone!.tokenIds)
      alone!.weights.forEach((weight, term) => {
        expect(together[index]!.weights[term]).toBeCloseTo(weight, 5)
      })
    }
  })
})
