import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { decodeModel } from '../../../src/model/onnx/proto.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import {
  encodeSafetensors,
  randomTensor,
  tinyBert,
  useTemporaryFolder,
  writeFiles,
  writeModelFolder,
} from '../../model-folder.js'

const folder = useTemporaryFolder()
let count = 0

/** A fresh tiny BERT with some files replaced. */
function model(files: Readonly<Record<string, string | Buffer | object>> = {}): Promise<string> {
  return writeModelFolder(join(folder.path, `model-${count++}`), tinyBert(), files)
}

async function fingerprint(directory: string): Promise<string> {
  return (await loadModelBundle(directory)).fingerprint
}

describe('loadModelBundle', () => {
  it('describes a model in Hugging Face layout', async () => {
    const directory = await model({ 'tokenizer_config.json': { model_max_length: 16 } })
    expect(await loadModelBundle(directory)).toMatchObject({
      name: `model-${count - 1}`,
      directory,
      modelType: 'bert',
      vocabularySize: 12,
      maxTokens: 16,
      pooling: { strategy: 'max', activation: 'relu' },
      tokenizerFiles: { config: { model_max_length: 16 }, specialTokensMap: undefined },
    })
  })

  it.each([
    ['positions of the model', { 'tokenizer_config.json': { model_max_length: 1e30 } }, 32],
    ['limit of sentence-transformers', { 'sentence_bert_config.json': { max_seq_length: 8 } }, 8],
    ['positions where sentence-transformers names none', { 'sentence_bert_config.json': {} }, 32],
  ])('limits texts to the %s', async (_, files, maxTokens) => {
    expect((await loadModelBundle(await model(files))).maxTokens).toBe(maxTokens)
  })

  it('puts texts in lower case where sentence-transformers does, which is another model', async () => {
    const lower = await model({ 'sentence_bert_config.json': { do_lower_case: true } })
    const same = await model({ 'sentence_bert_config.json': { do_lower_case: false } })
    const idsOf = async (directory: string): Promise<readonly number[]> => {
      const { tokenizerFiles } = await loadModelBundle(directory)
      return [...loadTokenizer(tokenizerFiles).tokenize('WORD3 word4').ids]
    }
    expect(await idsOf(lower)).toEqual([3, 4])
    expect(await idsOf(same)).toEqual([0, 4])
    expect(await fingerprint(lower)).not.toBe(await fingerprint(same))
    expect(await fingerprint(same)).toBe(await fingerprint(await model()))
  })

  it('has another fingerprint with a prompt, and the same with an empty one', async () => {
    const file = 'config_sentence_transformers.json'
    const prompted = await model({ [file]: { prompts: { query: 'query: ' } } })
    const plain = await model({ [file]: { prompts: { query: '', document: '' } } })
    expect((await loadModelBundle(prompted)).prompts).toEqual({ query: 'query: ', document: '' })
    expect(await fingerprint(prompted)).not.toBe(await fingerprint(await model()))
    expect(await fingerprint(plain)).toBe(await fingerprint(await model()))
  })

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])(
    'knows a %s that Git LFS has not fetched',
    async (file) => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'
      await expect(model({ [file]: pointer }).then(loadModelBundle)).rejects.toThrow(
        new RegExp(`${file} is a pointer of Git LFS, not the file itself: run "git lfs pull"`),
      )
    },
  )

  it('writes graphs that refer to the weights and hold none', async () => {
    const bundle = await loadModelBundle(await model())
    const { model: graph } = await bundle.writeGraph({ padded: false })
    const { graph: decoded } = decodeModel(graph) as { graph: { initializer: { externalData: unknown[] }[] } }
    const references = decoded.initializer.filter(({ externalData }) => externalData.length > 0)
    expect(references).toHaveLength(Object.keys(tinyBert().tensors).length)
    expect(graph.length).toBeLessThan(20_000)
  })

  it('keeps the fingerprint in another folder', async () => {
    const directory = await model()
    await cp(directory, `${directory}-copy`, { recursive: true })
    expect(await fingerprint(`${directory}-copy`)).toBe(await fingerprint(directory))
  })

  it.each<[string, Readonly<Record<string, string | Buffer | object>>]>([
    [
      'weights',
      {
        'model.safetensors': encodeSafetensors({
          ...tinyBert().tensors,
          'cls.predictions.bias': randomTensor([12], 99),
        }),
      },
    ],
    ['tokenizer', { 'tokenizer.json': { model: { vocab: {} } } }],
    ['pooling', { '1_SpladePooling/config.json': { pooling_strategy: 'sum' } }],
    ['config', { 'config.json': { ...tinyBert().config, hidden_act: 'relu' } }],
  ])('changes the fingerprint with the %s', async (_, files) => {
    expect(await fingerprint(await model(files))).not.toBe(await fingerprint(await model()))
  })

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])('names the missing %s', async (file) => {
    const directory = await model()
    await rm(join(directory, file))
    await expect(loadModelBundle(directory)).rejects.toThrow(
      new RegExp(`model-\\d+ is not a model folder: ${file}.* is missing`),
    )
  })

  it.each<[string, Readonly<Record<string, string | Buffer | object>>, RegExp]>([
    ['JSON that breaks off', { 'config.json': '{"a":' }, /config\.json is not JSON/],
    ['JSON that is no object', { 'tokenizer.json': '[]' }, /tokenizer\.json must hold a JSON object/],
    [
      'another architecture',
      { 'config.json': { model_type: 'llama' } },
      /"model_type" must be one of bert, .*, modernbert, found "llama"/,
    ],
    ['no architecture', { 'config.json': {} }, /config\.json: "model_type" must be one of .*, found nothing/],
    [
      'another pooling',
      { '1_SpladePooling/config.json': { pooling_strategy: 'mean' } },
      /1_SpladePooling.config\.json: "pooling_strategy" must be one of max, sum/,
    ],
    [
      'a config that does not fit the weights',
      { 'config.json': { ...tinyBert().config, hidden_size: 16 } },
      /has shape \[12, 8\]; config\.json asks for \[12, 16\]/,
    ],
  ])('refuses %s', async (_, files, message) => {
    await expect(model(files).then(loadModelBundle)).rejects.toThrow(message)
    await expect(model(files).then(loadModelBundle)).rejects.toThrow(ModelError)
  })

  it('refuses a folder that is not there', async () => {
    const directory = await writeFiles(join(folder.path, 'empty'), { 'README.md': '' })
    await expect(loadModelBundle(directory)).rejects.toThrow(/not a model folder: config\.json is missing/)
  })
})
