import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { writeSafetensors } from '../../../../src/model/quantize/write-safetensors.js'
import { readSafetensorsHeader } from '../../../../src/model/safetensors.js'
import { readTensor } from '../../../../src/model/quantize/read-tensor.js'
import { useTemporaryFolder } from '../../../model-folder.js'

const folder = useTemporaryFolder()
const ENTRIES = [
  { name: 'a', type: 'F32', shape: [2], byteLength: 8 },
  { name: 'b', type: 'I8', shape: [1, 4], byteLength: 4 },
] as const

async function* contents(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* await Promise.resolve(parts)
}

describe('writeSafetensors', () => {
  it('writes what the reader reads', async () => {
    const path = join(folder.path, 'model.safetensors')
    const values = new Uint8Array(Float32Array.of(1.5, -2).buffer)
    await writeSafetensors(path, { format: 'pt' }, ENTRIES, contents(values, Uint8Array.of(1, 2, 3, 4)))
    const tensors = await readSafetensorsHeader(path)
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    expect(tensors.get('a')!.offset % 8).toBe(0)
    expect(await readTensor(folder.path, tensors.get('a')!)).toEqual(Float32Array.of(1.5, -2))
    await expect(readTensor(folder.path, tensors.get('b')!)).rejects.toThrow(
      'model.safetensors: tensor b is quantized already',
    )
  })

  it('leaves nothing behind when it fails', async () => {
    const path = join(folder.path, 'broken.safetensors')
    await expect(writeSafetensors(path, {}, ENTRIES, contents(new Uint8Array(4)))).rejects.toThrow(
      'tensor a has 4 bytes, not 8',
    )
    expect((await readdir(folder.path)).filter((name) => name.startsWith('broken'))).toEqual([])
  })
})
