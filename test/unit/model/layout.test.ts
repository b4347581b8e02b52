import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { readModelLayout } from '../../../src/model/layout.js'
import { useTemporaryFolder, writeFiles } from '../../model-folder.js'

const folder = useTemporaryFolder()
let count = 0
const files = (content: Readonly<Record<string, string | object>>): Promise<string> =>
  writeFiles(join(folder.path, `model-${count++}`), content)
const ROUTER = [{ path: '', type: 'sentence_transformers.base.modules.router.Router' }]
const [MLM, POOLING, STATIC] = ['Transformer', 'SpladePooling', 'SparseStaticEmbedding'].map(
  (name) => `sentence_transformers.sparse_encoder.models.${name}`,
)

describe('readModelLayout', () => {
  it('finds what queries and documents of a router go through', async () => {
    const types = { query_0: STATIC, document_0: MLM, document_1: POOLING }
    const directory = await files({ 'modules.json': ROUTER, 'router_config.json': { types } })
    expect(await readModelLayout(directory)).toEqual({
      transformer: 'document_0',
      pooling: 'document_1',
      queryWeights: 'query_0',
    })
  })

  it('refuses a router with a transformer for each side: an index has one', async () => {
    const types = { query_0: MLM, query_1: POOLING, document_0: MLM, document_1: POOLING }
    const directory = await files({ 'modules.json': ROUTER, 'router_config.json': { types } })
    await expect(readModelLayout(directory)).rejects.toThrow(
      /has .*Transformer in "query_0" and in "document_0"; queries and documents must share one/,
    )
  })

  it.each<[string, Readonly<Record<string, object>>, RegExp]>([
    [
      'a module that is none',
      { 'modules.json': [null] },
      /a module must have a path and a type, found null$/,
    ],
    ['a module without a path', { 'modules.json': [{ type: MLM }] }, /a path and a type, found \{"type"/],
    [
      'a router without types',
      { 'modules.json': ROUTER, 'router_config.json': {} },
      /router_config\.json: "types" must be an object/,
    ],
    [
      'a type that is none',
      { 'modules.json': ROUTER, 'router_config.json': { types: { query_0: 1 } } },
      /must have a path and a type, found \{"path":"query_0","type":1\}$/,
    ],
    [
      'a module of another kind',
      { 'modules.json': [{ path: '', type: 'sentence_transformers.models.Normalize' }] },
      /has a module of type .*Normalize; a SPLADE model has/,
    ],
  ])('refuses %s', async (_, content, message) => {
    await expect(files(content).then(readModelLayout)).rejects.toThrow(message)
    await expect(files(content).then(readModelLayout)).rejects.toThrow(ModelError)
  })
})
