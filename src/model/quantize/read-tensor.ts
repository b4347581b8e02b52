import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../../errors.js'
import type { StoredTensor } from '../safetensors.js'
import { bfloat16ToNumber, float16ToNumber } from './half.js'

/**
 * Reads the values of a tensor that is stored as floats of 16 or 32 bits.
 *
 * @throws ModelError if it is stored in 8 bits already
 */
export async function readTensor(directory: string, tensor: StoredTensor): Promise<Float32Array> {
  const bytes = await readBytes(directory, tensor)
  switch (tensor.type) {
    case 'F32':
      return new Float32Array(bytes.buffer)
    case 'F16':
      return widen(new Uint16Array(bytes.buffer), float16ToNumber)
    case 'BF16':
      return widen(new Uint16Array(bytes.buffer), bfloat16ToNumber)
    case 'I8':
    case 'U8':
      throw new ModelError(`${tensor.file}: tensor ${tensor.name} is quantized already`)
  }
}

/** `Float32Array.from` with a function takes ten times as long. */
function widen(halves: Uint16Array, toNumber: (half: number) => number): Float32Array {
  const values = new Float32Array(halves.length)
  for (let index = 0; index < values.length; index++) values[index] = toNumber(halves[index] ?? 0)
  return values
}

async function readBytes(directory: string, tensor: StoredTensor): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(tensor.byteLength)
  const handle = await open(join(directory, tensor.file))
  try {
    await handle.read(bytes, 0, bytes.length, tensor.offset)
  } finally {
    await handle.close()
  }
  return bytes
}
