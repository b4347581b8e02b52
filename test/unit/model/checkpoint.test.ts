import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { hasCheckpoint, readCheckpoint } from '../../../src/model/checkpoint.js'
import { encodeSafetensors, tensor, useTemporaryFolder, writeFiles } from '../../model-folder.js'

const folder = useTemporaryFolder()
let count = 0
const INDEX = 'model.safetensors.index.json'

function files(content: Readonly<Record<string, Buffer | object>>): Promise<string> {
  return writeFiles(join(folder.path, `model-${count++}`), content)
}

describe('readCheckpoint', () => {
  it('joins the tensors of several files', async () => {
    const directory = await files({
      'one.safetensors': encodeSafetensors({ a: tensor([1], [1]), unused: tensor([1], [0]) }),
      'two.safetensors': encodeSafetensors({ b: tensor([1], [2]) }),
      [INDEX]: { weight_map: { a: 'one.safetensors', b: 'two.safetensors' } },
    })
    const { tensors, files: names } = await readCheckpoint(directory, 'f32')
    expect([...tensors.values()].map(({ name, file }) => [name, file])).toEqual([
      ['a', 'one.safetensors'],
      ['b', 'two.safetensors'],
    ])
    expect(names).toEqual(['one.safetensors', 'two.safetensors'])
  })

  it('takes one file before an index', async () => {
    const directory = await files({
      'model.safetensors': encodeSafetensors({ a: tensor([1], [1]) }),
      [INDEX]: { weight_map: {} },
    })
    expect((await readCheckpoint(directory, 'f32')).files).toEqual(['model.safetensors'])
  })

  it('says what to do about weights that are a pickle', async () => {
    const directory = await files({ 'pytorch_model-00001-of-00002.bin': Buffer.alloc(1) })
    await expect(readCheckpoint(directory, 'f32')).rejects.toThrow(
      /not a model folder: model\.safetensors is missing; pytorch_model\.bin is not read, .*save the model as safetensors/,
    )
    const none = readCheckpoint(await files({ 'config.json': {} }), 'f32')
    await expect(none).rejects.toThrow(/model\.safetensors is missing$/)
  })

  it('takes the file of a precision', async () => {
    const directory = await files({ 'model.int8.safetensors': encodeSafetensors({ a: tensor([1], [1]) }) })
    expect((await readCheckpoint(directory, 'int8')).files).toEqual(['model.int8.safetensors'])
    expect(await hasCheckpoint(directory, 'int8')).toBe(true)
    expect(await hasCheckpoint(directory, 'f32')).toBe(false)
  })

  it.each([
    [{ weight_map: { a: '../a.safetensors' } }, /tensor a must lie in a file of this folder, found "\.\./],
    [{ weight_map: { a: 1 } }, /tensor a must lie in a file of this folder, found 1/],
    [{}, /index\.json: "weight_map" must be an object/],
    [{ weight_map: { a: 'absent.safetensors' } }, /absent\.safetensors is missing/],
  ])('refuses the index %j', async (index, message) => {
    await expect(files({ [INDEX]: index }).then((path) => readCheckpoint(path, 'f32'))).rejects.toThrow(
      message,
    )
  })
})
