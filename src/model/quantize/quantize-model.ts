import { stat, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readArchitecture } from '../architecture/read-architecture.js'
import { readCheckpoint } from '../checkpoint.js'
import { ModelConfig } from '../config.js'
import { ModelError } from '../../errors.js'
import { fileExists, readJsonFile } from '../json-file.js'
import { readModelLayout } from '../layout.js'
import { type Precision, weightFile } from '../precision.js'
import { SCALES_SUFFIX, type StoredTensor } from '../safetensors.js'
import { TensorTable } from '../tensor-table.js'
import { blockSizeFor, quantizeBlocks, quantizeRows, toFloat16 } from './quantize-tensor.js'
import { readTensor } from './read-tensor.js'
import { type TensorEntry, writeSafetensors } from './write-safetensors.js'

/** A precision that weights can be turned to. */
export type SmallPrecision = Exclude<Precision, 'f32'>

/** What `quantizeModel` wrote. */
export interface QuantizedModel {
  readonly path: string
  readonly byteLength: number
  /** Of the weights that it was made from. */
  readonly originalByteLength: number
}

export interface QuantizeOptions {
  /** Replace a file that is there already. Default false. */
  readonly replace?: boolean | undefined
  /** Stops between two tensors; nothing is left behind then. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined
}

/** One tensor of the original, and what becomes of it. */
interface Conversion {
  readonly source: StoredTensor
  readonly entries: readonly TensorEntry[]
  readonly convert: (values: Float32Array) => readonly Uint8Array[]
}

/** Added to positions, not multiplied by states; too small to be worth a loss. */
const KEPT = /(position|token_type)_embeddings/

/**
 * Writes the weights of a model folder once more, in a smaller precision, as a file of the same folder that
 * `loadModelBundle` finds by that precision. Matrices are turned; vectors and position tables stay as they are.
 *
 * @throws ModelError if the folder's own weights are missing, damaged, or of an unknown architecture, if the file is
 *   there already, or if it does not fit on the disk
 */
export async function quantizeModel(
  folder: string,
  precision: SmallPrecision,
  options: QuantizeOptions = {},
): Promise<QuantizedModel> {
  const root = resolve(folder)
  const directory = join(root, (await readModelLayout(root)).transformer)
  const path = join(directory, weightFile(precision))
  if (options.replace !== true && (await fileExists(path))) throw new ModelError(`${path} exists already`)
  const config = new ModelConfig(await readJsonFile(directory, 'config.json'), join(directory, 'config.json'))
  const { tensors, files } = await readCheckpoint(directory, 'f32')
  readArchitecture(config, new TensorTable(tensors))
  const conversions = [...tensors.values()].map((tensor) => planConversion(tensor, precision))
  const metadata = { format: 'pt', quantization: precision, quantization_version: '1' }
  const entries = conversions.flatMap((conversion) => conversion.entries)
  await requireSpace(directory, entries)
  await writeSafetensors(path, metadata, entries, convertAll(directory, conversions, options))
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size))
  return {
    path,
    byteLength: (await stat(path)).size,
    originalByteLength: sizes.reduce((sum, size) => sum + size, 0),
  }
}

async function requireSpace(directory: string, entries: readonly TensorEntry[]): Promise<void> {
  const bytes = totalBytes(entries)
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  if (bytes > free)
    throw new ModelError(
      `${directory} has too little space: the file takes ${bytes} bytes, and ${free} can be had`,
    )
}

function totalBytes(entries: readonly TensorEntry[]): number {
  return entries.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

async function* convertAll(
  directory: string,
  conversions: readonly Conversion[],
  { signal, onProgress }: QuantizeOptions,
): AsyncGenerator<Uint8Array> {
  const total = totalBytes(conversions.flatMap(({ entries }) => entries))
  let done = 0
  for (const { source, entries, convert } of conversions) {
    signal?.throwIfAborted()
    yield* convert(await readTensor(directory, source))
    done += totalBytes(entries)
    onProgress?.(done, total)
  }
}

function planConversion(source: StoredTensor, precision: SmallPrecision): Conversion {
  const [rows = 0, rowLength = 0] = source.shape
  const blockSize = blockSizeFor(rowLength)
  // Rows of an odd length would put the tensor behind them where no 32-bit float may lie.
  if (source.shape.length !== 2 || KEPT.test(source.name) || blockSize === undefined) return keep(source)
  switch (precision) {
    case 'f16':
      return {
        source,
        entries: [{ ...describe(source), type: 'F16', byteLength: 2 * rows * rowLength }],
        convert: (values) => [toFloat16(values)],
      }
    case 'int8':
      return {
        source,
        entries: [
          { ...describe(source), type: 'I8', byteLength: rows * rowLength },
          scalesEntry(source, [rows]),
        ],
        convert: (values) => withScales(quantizeRows(values, rows)),
      }
    case 'int8-block':
      return {
        source,
        entries: [
          { ...describe(source), type: 'U8', byteLength: rows * rowLength },
          scalesEntry(source, [rows, rowLength / blockSize]),
        ],
        convert: (values) => withScales(quantizeBlocks(values, blockSize)),
      }
  }
}

function keep(source: StoredTensor): Conversion {
  const elements = source.shape.reduce((product, size) => product * size, 1)
  return {
    source,
    entries: [{ ...describe(source), type: 'F32', byteLength: 4 * elements }],
    convert: (values) => [bytesOf(values)],
  }
}

function describe({ name, shape }: StoredTensor): Pick<TensorEntry, 'name' | 'shape'> {
  return { name, shape }
}

function scalesEntry({ name }: StoredTensor, shape: readonly number[]): TensorEntry {
  const byteLength = 4 * shape.reduce((product, size) => product * size, 1)
  return { name: name + SCALES_SUFFIX, type: 'F32', shape, byteLength }
}

function withScales({ bytes, scales }: { bytes: Uint8Array; scales: Float32Array }): readonly Uint8Array[] {
  return [bytes, bytesOf(scales)]
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
