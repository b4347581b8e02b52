import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { ModelError } from '../errors.js'
import { isLfsPointer, lfsPointerError } from './lfs-pointer.js'

/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header, then the tensors' bytes.
 * https://github.com/huggingface/safetensors#format
 */

/** Element types of safetensors that a graph can use; values are bytes an element. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, I8: 1, U8: 1 } as const

export type StoredType = keyof typeof ELEMENT_BYTES

/** Where a tensor's bytes lie; nothing of it is read until a session maps the file. */
export interface StoredTensor {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  /** File name inside the model folder. */
  readonly file: string
  /** Byte offset from the start of the file. */
  readonly offset: number
  readonly byteLength: number
  /** Scales of 8-bit values, 32-bit: one a row, `[rows]`, or one a block of a row, `[rows, blocks]`. */
  readonly scales?: StoredTensor
}

/** Behind the name of an 8-bit tensor, the name of its scales. */
export const SCALES_SUFFIX = '.scales'

/** One entry of the JSON header, checked. */
interface HeaderEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly range: readonly [start: number, end: number]
}

/** The format's own limit; a larger header means that the file is something else. */
const MAX_HEADER_BYTES = 100_000_000

/**
 * Reads the header of a safetensors file.
 *
 * @returns tensors by name, 8-bit ones with their scales
 * @throws ModelError if the header is not valid or the file is shorter than its tensors (a broken download)
 */
export async function readSafetensorsHeader(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    const prefix = Buffer.alloc(8)
    await handle.read(prefix, 0, 8, 0)
    if (isLfsPointer(prefix.toString('latin1'))) throw lfsPointerError(path)
    const headerBytes = Number(prefix.readBigUInt64LE())
    if (size < 8 || headerBytes > MAX_HEADER_BYTES || headerBytes + 8 > size) {
      throw new ModelError(
        `${path} is not a safetensors file: its header length of ${headerBytes} does not fit ${size} bytes`,
      )
    }
    const header = Buffer.alloc(headerBytes)
    await handle.read(header, 0, headerBytes, 8)
    return withScales(parseHeader(parseJson(header, path), path, 8 + headerBytes, size))
  } finally {
    await handle.close()
  }
}

/** Rows `[firstRow, firstRow + rows)` of a tensor as a tensor of its own, over the same bytes. */
export function rowRange(tensor: StoredTensor, firstRow: number, rows: number): StoredTensor {
  const [allRows = 1, ...rest] = tensor.shape
  if (rows === allRows) return tensor
  const rowBytes = tensor.byteLength / allRows
  return {
    ...tensor,
    name: `${tensor.name}[${firstRow}:${firstRow + rows}]`,
    shape: [rows, ...rest],
    offset: tensor.offset + firstRow * rowBytes,
    byteLength: rows * rowBytes,
    ...(tensor.scales && { scales: rowRange(tensor.scales, firstRow, rows) }),
  }
}

function parseJson(header: Buffer, path: string): object {
  let parsed: unknown
  try {
    parsed = JSON.parse(header.toString('utf8'))
  } catch (cause) {
    throw new ModelError(`${path} is not a safetensors file: its header is not JSON`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ModelError(`${path} is not a safetensors file: its header is not a JSON object`)
  }
  return parsed
}

function parseHeader(
  header: object,
  path: string,
  dataStart: number,
  size: number,
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>()
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { dtype, shape, range } = parseEntry(value, name, path)
    // Integer buffers such as position_ids are not weights; a graph never asks for them.
    if (!isStoredType(dtype)) continue
    const byteLength = range[1] - range[0]
    const expected = shape.reduce((product, dimension) => product * dimension, ELEMENT_BYTES[dtype])
    if (byteLength !== expected) {
      throw new ModelError(
        `${path}: tensor ${name} has ${byteLength} bytes; ${dtype} of shape [${shape.join(', ')}] needs ${expected}`,
      )
    }
    if (dataStart + range[1] > size) {
      throw new ModelError(
        `${path} ends before tensor ${name}: ${dataStart + range[1]} bytes needed, ${size} found; download it again`,
      )
    }
    tensors.set(name, {
      name,
      type: dtype,
      shape,
      file: basename(path),
      offset: dataStart + range[0],
      byteLength,
    })
  }
  return tensors
}

function withScales(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const entries = [...tensors].map(([name, tensor]): [string, StoredTensor] => {
    const scales = tensors.get(name + SCALES_SUFFIX)
    return [name, scales === undefined ? tensor : { ...tensor, scales }]
  })
  return new Map(entries)
}

function parseEntry(value: unknown, name: string, path: string): HeaderEntry {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as Record<string, unknown>
  const valid = typeof dtype === 'string' && isCounts(shape) && isCounts(range) && range.length === 2
  if (!valid) {
    throw new ModelError(
      `${path}: tensor ${name} must have a dtype, a shape and two data_offsets, found ${JSON.stringify(value)}`,
    )
  }
  return { dtype, shape, range: [range[0] ?? 0, range[1] ?? 0] }
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}

function isStoredType(dtype: string): dtype is StoredType {
  return Object.hasOwn(ELEMENT_BYTES, dtype)
}
