import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cp, readdir, rm } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { createSession, type TermWeights } from '../../../../src/inference/splade-session.js'
import { loadModelBundle } from '../../../../src/model/bundle.js'
import { type Precision, PRECISIONS } from '../../../../src/model/precision.js'
import { quantizeModel } from '../../../../src/model/quantize/quantize-model.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../../model-folder.js'

const folder = useTemporaryFolder()
const ORACLE = fileURLToPath(new URL('../../../oracle/architectures/models', import.meta.url))
const IDS = Int32Array.of(2, 17, 101, 99, 42, 17, 8, 200, 3)

async function copyOf(model: string): Promise<string> {
  const directory = join(folder.path, `${model}-${Math.random().toString(36).slice(2)}`)
  await cp(join(ORACLE, model), directory, { recursive: true })
  return directory
}

async function encode(directory: string, precision: Precision, padded = false): Promise<TermWeights> {
  const session = await createSession(await loadModelBundle(directory, { precision }), { padded })
  const [weights] = await session.run(padded ? [IDS, IDS.slice(0, 3)] : [IDS])
  await session.close()
  return weights!
}

function cosine(a: TermWeights, b: TermWeights): number {
  const byTerm = new Map([...b.tokenIds].map((id, index) => [id, b.weights[index]!]))
  const dot = a.tokenIds.reduce((sum, id, index) => sum + a.weights[index]! * (byTerm.get(id) ?? 0), 0)
  const norm = ({ weights }: TermWeights): number =>
    Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0))
  return dot / (norm(a) * norm(b))
}

describe('quantizeModel', () => {
  it.each([
    ['bert', 'f16', 0.99999, 0.62],
    ['bert', 'int8', 0.99, 0.42],
    ['bert', 'int8-block', 0.99, 0.46],
    ['modernbert', 'f16', 0.99999, 1.01],
    ['modernbert', 'int8', 0.95, 0.6],
    ['modernbert', 'int8-block', 0.95, 0.7],
    ['bert-untied', 'int8', 0.95, 0.76],
    ['modernbert-sharded', 'int8', 0.95, 0.7],
  ] as const)('writes %s in %s, with vectors close to f32', async (model, precision, closeness, size) => {
    const directory = await copyOf(model)
    const { byteLength, originalByteLength } = await quantizeModel(directory, precision)
    expect(byteLength).toBeLessThan(size * originalByteLength)
    const exact = await encode(directory, 'f32')
    expect(cosine(await encode(directory, precision), exact)).toBeGreaterThan(closeness)
    expect(cosine(await encode(directory, precision, true), exact)).toBeGreaterThan(closeness)
  })

  it('gives a text the same weights alone as in any batch', async () => {
    const directory = await copyOf('bert')
    await quantizeModel(directory, 'int8')
    const session = await createSession(await loadModelBundle(directory, { precision: 'int8' }))
    const [alone] = await session.run([IDS])
    const [together] = await session.run([IDS, IDS.map((id) => id + 1), IDS.map((id) => id + 30)])
    await session.close()
    expect(together!.tokenIds).toEqual(alone!.tokenIds)
    // Equal to the bit on most processors; on one with AVX2 only a weight differed by 3e-8.
    for (const [place, weight] of alone!.weights.entries())
      expect(together!.weights[place]).toBeCloseTo(weight, 6)
  })

  it('needs nothing of the original weights afterwards', async () => {
    const directory = await copyOf('distilbert')
    await quantizeModel(directory, 'int8')
    await rm(join(directory, 'model.safetensors'))
    expect((await encode(directory, 'int8')).weights.length).toBeGreaterThan(0)
    await expect(loadModelBundle(directory)).rejects.toThrow(/model\.safetensors is missing/)
  })

  it('gives each precision a fingerprint of its own', async () => {
    const directory = await copyOf('bert')
    const fingerprints = new Set<string>()
    for (const precision of PRECISIONS) {
      if (precision !== 'f32') await quantizeModel(directory, precision)
      fingerprints.add((await loadModelBundle(directory, { precision })).fingerprint)
    }
    expect(fingerprints.size).toBe(PRECISIONS.length)
  })

  it('leaves matrices as they are whose rows cannot be cut into blocks', async () => {
    const directory = await writeModelFolder(join(folder.path, 'narrow'), tinyBert())
    const { byteLength, originalByteLength } = await quantizeModel(directory, 'int8-block')
    expect(byteLength).toBeGreaterThan(0.9 * originalByteLength)
  })

  it('names the file that a precision is missing', async () => {
    const directory = await copyOf('bert')
    await expect(loadModelBundle(directory, { precision: 'int8' })).rejects.toThrow(
      /has no model\.int8\.safetensors; .*model quantize .* --precision int8$/,
    )
  })

  it('refuses to write over a file, unless told to', async () => {
    const directory = await copyOf('bert')
    await quantizeModel(directory, 'int8')
    await expect(quantizeModel(directory, 'int8')).rejects.toThrow(/model\.int8\.safetensors exists already$/)
    await expect(quantizeModel(directory, 'int8', { replace: true })).resolves.toBeDefined()
  })

  it('leaves nothing behind when it is stopped half-way', async () => {
    const directory = await copyOf('bert')
    const before = await readdir(directory)
    const controller = new AbortController()
    const progress: number[] = []
    const stopped = quantizeModel(directory, 'int8', {
      signal: controller.signal,
      onProgress: (bytes, totalBytes) => {
        progress.push(bytes / totalBytes)
        if (progress.length === 5) controller.abort()
      },
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(progress).toHaveLength(5)
    expect(await readdir(directory)).toEqual(before)
  })

  it('counts bytes up to the whole', async () => {
    const shares: number[] = []
    await quantizeModel(await copyOf('bert'), 'f16', {
      onProgress: (bytes, totalBytes) => shares.push(bytes / totalBytes),
    })
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })
})
