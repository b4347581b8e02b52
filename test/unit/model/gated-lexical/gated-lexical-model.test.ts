import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../../src/errors.js'
import { loadModelBundle } from '../../../../src/model/bundle.js'
import { loadModel } from '../../../../src/model/load-model.js'
import type { Precision } from '../../../../src/model/precision.js'
import { useTemporaryFolder } from '../../../model-folder.js'

const BUNDLED = join(import.meta.dirname, '../../../../models/ko-en-mini')
const SMALL_FILES = ['config.json', 'sparse_head.json', 'terms.json', 'idf.json', 'tokenizer.json']
const WEIGHTS = 'model.safetensors'

const folder = useTemporaryFolder()
let count = 0

type Json = Record<string, unknown>

/** A folder like the bundled one, with one file changed. */
async function changed(file: string, change: (content: Json) => unknown): Promise<string> {
  const directory = join(folder.path, `model-${count++}`)
  for (const name of SMALL_FILES) await cp(join(BUNDLED, name), join(directory, name))
  await symlink(join(BUNDLED, WEIGHTS), join(directory, WEIGHTS))
  const content = JSON.parse(await readFile(join(BUNDLED, file), 'utf8')) as Json
  await writeFile(join(directory, file), JSON.stringify(change(content)))
  return directory
}

const section = (content: Json, name: string): Json => content[name] as Json

describe('loadModel', () => {
  it('reads what an encoder needs to know', async () => {
    const model = await loadModel(BUNDLED)
    expect(model).toMatchObject({
      kind: 'gated-lexical',
      name: 'ko-en-mini',
      precision: 'int8',
      boundaryIds: [0, 2],
      settings: { analysisVersion: 1, query: { windowPieces: 64, expansionLimit: 24 } },
    })
    expect(model.fingerprint).toMatch(/^[0-9a-f]{16}$/)
  })

  it('tells the precisions apart, and refuses those that it has not', async () => {
    const [int8, f32] = await Promise.all([loadModel(BUNDLED), loadModel(BUNDLED, { precision: 'f32' })])
    expect(int8.fingerprint).not.toBe(f32.fingerprint)
    const precision: Precision = 'f16'
    await expect(loadModel(BUNDLED, { precision })).rejects.toThrow(
      'model ko-en-mini can be computed in int8 or f32, not in f16',
    )
  })

  it.each([
    [
      'sparse_head.json',
      (head: Json) => ({ ...head, pruning: { ...section(head, 'pruning'), queryTerms: 31 } }),
    ],
    ['idf.json', (file: Json) => ({ ...file, idf: { ...section(file, 'idf'), 보스턴: 1 } })],
    ['terms.json', (terms: Json) => [...(terms as unknown as string[])].reverse()],
  ])('gives another fingerprint where %s is another', async (file, change) => {
    const other = await loadModel(await changed(file, change))
    expect(other.fingerprint).not.toBe((await loadModel(BUNDLED)).fingerprint)
  })

  it.each<[string, string, (content: Json) => unknown, RegExp]>([
    [
      'an unknown format',
      'sparse_head.json',
      (head) => ({ ...head, format: 'other' }),
      /sparse_head\.json: "format" must be one of splade-bridge-gated-lexical, found "other"/,
    ],
    [
      'a later version of the format',
      'sparse_head.json',
      (head) => ({ ...head, formatVersion: 2 }),
      /"formatVersion" must be 1, found 2/,
    ],
    [
      'another analysis',
      'sparse_head.json',
      (head) => ({ ...head, analysis: 'nori' }),
      /"analysis" must be one of word-and-bigrams, found "nori"/,
    ],
    [
      'gates in another order',
      'sparse_head.json',
      (head) => ({ ...head, gateKinds: ['letters'] }),
      /"gateKinds" must be \["hangul",.*\], found \["letters"\]/,
    ],
    [
      'a number that is missing',
      'sparse_head.json',
      (head) => ({ ...head, saturation: {} }),
      /sparse_head\.json: "saturation": "k1" must be a number, found nothing/,
    ],
    [
      'a section that is missing',
      'sparse_head.json',
      (head) => ({ ...head, document: undefined }),
      /"document" must be an object, found nothing/,
    ],
    [
      'a prefix that is no list of ids',
      'sparse_head.json',
      (head) => ({ ...head, query: { ...section(head, 'query'), prefixIds: 'query:' } }),
      /"query": "prefixIds" must be an array of token ids, found "query:"/,
    ],
    [
      'windows longer than the body reads',
      'sparse_head.json',
      (head) => ({ ...head, document: { ...section(head, 'document'), windowPieces: 512 } }),
      /windows of 512 pieces take 516 positions, and config\.json has 512/,
    ],
    [
      'an idf that is none',
      'idf.json',
      (file) => ({ ...file, idf: { 보스턴: 0 } }),
      /idf\.json: "idf": "보스턴" must be a number > 0, found 0/,
    ],
    [
      'fewer terms than the weights have',
      'terms.json',
      () => ['보스턴'],
      /head\.embedding has places for 9368 terms, and terms\.json holds 1/,
    ],
    ['no terms', 'terms.json', () => [], /terms\.json must hold an array of terms/],
    ['a term that is none', 'terms.json', () => ['a', 7], /terms\.json must hold an array of terms, found 7/],
    [
      'a body of another size',
      'config.json',
      (config) => ({ ...config, num_hidden_layers: 13 }),
      /no tensor bert\.encoder\.layer\.12\.attention\.self\.query\.weight/,
    ],
    [
      'no boundary pieces',
      'config.json',
      (config) => ({ ...config, bos_token_id: undefined }),
      /config\.json: "bos_token_id" must be a number, found nothing/,
    ],
  ])('refuses %s', async (_, file, change, message) => {
    const directory = await changed(file, change)
    await expect(loadModel(directory)).rejects.toThrow(message)
    await expect(loadModel(directory)).rejects.toThrow(ModelError)
  })

  it('takes every other folder for a masked language model', async () => {
    expect((await loadModel(join(BUNDLED, '../splade-tiny-en'))).kind).toBe('masked-lm')
  })
})

describe('loadModelBundle', () => {
  it('says that such a model is none of its kind', async () => {
    await expect(loadModelBundle(BUNDLED)).rejects.toThrow(
      /ko-en-mini is a gated lexical model, whose terms are words: a masked language model is needed here/,
    )
  })
})
