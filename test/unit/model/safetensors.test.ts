import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { readSafetensorsHeader, rowRange, type StoredTensor } from '../../../src/model/safetensors.js'
import { encodeSafetensors, tensor, useTemporaryFolder, withHeader } from '../../model-folder.js'

const folder = useTemporaryFolder()

async function read(content: Buffer): Promise<ReadonlyMap<string, StoredTensor>> {
  const path = join(folder.path, 'model.safetensors')
  await writeFile(path, content)
  return readSafetensorsHeader(path)
}

describe('readSafetensorsHeader', () => {
  it('says where each tensor lies', async () => {
    const content = encodeSafetensors({ a: tensor([1], [7]), b: tensor([2, 2], [1, 2, 3, 4]) })
    const tensors = await read(content)
    const b = tensors.get('b')!
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    expect(b).toMatchObject({ type: 'F32', shape: [2, 2], file: 'model.safetensors', byteLength: 16 })
    expect(content.readFloatLE(b.offset)).toBe(1)
  })

  it('passes over tensors of a type that no graph uses', async () => {
    const header = { ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }
    expect((await read(withHeader(JSON.stringify(header), Buffer.alloc(8)))).size).toBe(0)
  })

  it('names the tensor that a broken download has lost the end of', async () => {
    const content = encodeSafetensors({ a: tensor([1], [7]), b: tensor([2], [1, 2]) })
    await expect(read(content.subarray(0, -1))).rejects.toThrow(
      /model\.safetensors ends before tensor b: \d+ bytes needed, \d+ found; download it again/,
    )
  })

  it.each([
    ['an empty file', Buffer.alloc(0), /header length of 0 does not fit 0 bytes/],
    ['a header longer than the file', withHeader('{}').subarray(0, 9), /header length of 2 does not fit 9/],
    ['a web page', Buffer.from('<!DOCTYPE html><html></html>'), /header length of \d+ does not fit/],
    ['a header that is not JSON', withHeader('{"a":'), /its header is not JSON/],
    ['a header that is a list', withHeader('[]'), /its header is not a JSON object/],
    ['an entry without a shape', withHeader('{"a":{"dtype":"F32"}}'), /tensor a must have a dtype, a shape/],
    ['an entry that is null', withHeader('{"a":null}'), /tensor a must have a dtype, a shape/],
    [
      'offsets before the start',
      withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}'),
      /two data_offsets, found .*-4/,
    ],
    [
      'fewer bytes than the shape needs',
      withHeader('{"a":{"dtype":"F16","shape":[3,2],"data_offsets":[0,8]}}', Buffer.alloc(8)),
      /tensor a has 8 bytes; F16 of shape \[3, 2\] needs 12/,
    ],
  ])('refuses %s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
    await expect(read(content)).rejects.toThrow(ModelError)
  })
})

describe('rowRange', () => {
  it('is a tensor over the same bytes', async () => {
    const content = encodeSafetensors({ a: tensor([3, 2], [1, 2, 3, 4, 5, 6]) })
    const rows = rowRange((await read(content)).get('a')!, 1, 2)
    expect(rows).toMatchObject({ name: 'a[1:3]', shape: [2, 2], byteLength: 16 })
    expect(content.readFloatLE(rows.offset)).toBe(3)
  })

  it('is the tensor itself where all rows are asked for', async () => {
    const a = (await read(encodeSafetensors({ a: tensor([3], [1, 2, 3]) }))).get('a')!
    expect(rowRange(a, 0, 3)).toBe(a)
  })
})
