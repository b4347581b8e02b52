import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { loadModelBundle } from '../../../src/model/bundle.js'

interface Oracle {
  readonly layout: Readonly<Record<string, unknown>>
  readonly queries: readonly { readonly text: string; readonly weights: Readonly<Record<string, number>> }[]
}

const BUNDLED = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const VOCABULARY_SIZE = 30_522
let folder: string
let oracle: Oracle

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-weights-'))
  oracle = JSON.parse(await readFile(new URL('router.json', import.meta.url), 'utf8')) as Oracle
})

afterAll(() => rm(folder, { recursive: true }))

describe('a model whose queries need no inference', () => {
  it('gives the query vectors of the reference implementation, from a Router folder', async () => {
    const model = join(folder, 'router')
    await writeRouterModel(model)
    await expectOracle(model)
  })

  it('gives the same vectors from idf.json beside the weights', async () => {
    const model = join(folder, 'idf')
    await cp(BUNDLED, model, { recursive: true })
    const { model: tokenizer } = JSON.parse(await readFile(join(BUNDLED, 'tokenizer.json'), 'utf8')) as {
      model: { vocab: Record<string, number> }
    }
    const weights = Object.entries(tokenizer.vocab).map(([token, id]) => [token, Math.fround(weightOf(id))])
    await writeFile(join(model, 'idf.json'), JSON.stringify(Object.fromEntries(weights)))
    await expectOracle(model)
  })

  it('encodes documents through the model all the same', async () => {
    const [routed, plain] = await Promise.all(
      [join(folder, 'router'), BUNDLED].map(async (model) => {
        const encoder = await loadNeuralEncoder(await loadModelBundle(model))
        const [encoding] = await encoder.encodeDocuments(['my car does not start'])
        await encoder.close()
        return encoding
      }),
    )
    expect(routed).toEqual(plain)
  })

  it('has another fingerprint than the model without query weights', async () => {
    const bundles = await Promise.all(
      [join(folder, 'router'), join(folder, 'idf'), BUNDLED].map((model) => loadModelBundle(model)),
    )
    expect(new Set(bundles.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  it('refuses a weight that is not a number, naming file and token', async () => {
    const model = join(folder, 'broken')
    await cp(BUNDLED, model, { recursive: true })
    await writeFile(join(model, 'idf.json'), '{"car": 1.5, "road": "heavy"}')
    await expect(loadModelBundle(model)).rejects.toThrow(
      /idf\.json: token "road" must have a weight >= 0, found "heavy"/,
    )
  })
})

async function expectOracle(model: string): Promise<void> {
  const encoder = await loadNeuralEncoder(await loadModelBundle(model))
  const encodings = await encoder.encodeQueries(oracle.queries.map(({ text }) => text))
  await encoder.close()
  expect(encodings.map(({ vector }) => Object.fromEntries(vector))).toEqual(
    oracle.queries.map(({ weights }) => weights),
  )
}

/** The folder that the reference implementation saves, with the bundled model's own files. */
async function writeRouterModel(model: string): Promise<void> {
  await mkdir(join(model, 'query_0_SparseStaticEmbedding'), { recursive: true })
  for (const [file, content] of Object.entries(oracle.layout))
    await writeFile(join(model, file), JSON.stringify(content))
  await symlink(BUNDLED, join(model, 'document_0_MLMTransformer'))
  await symlink(join(BUNDLED, '1_SpladePooling'), join(model, 'document_1_SpladePooling'))
  await writeFile(join(model, 'query_0_SparseStaticEmbedding', 'model.safetensors'), safetensorsOfWeights())
}

function safetensorsOfWeights(): Buffer {
  const weights = Float32Array.from({ length: VOCABULARY_SIZE }, (_, id) => weightOf(id))
  const header = JSON.stringify({
    weight: { dtype: 'F32', shape: [VOCABULARY_SIZE], data_offsets: [0, weights.byteLength] },
  })
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header), Buffer.from(weights.buffer)])
}

/** As the script has it. */
function weightOf(id: number): number {
  return ((7919 * id) % 1000) / 500
}
