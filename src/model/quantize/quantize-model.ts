import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readArchitecture } from '../architecture/read-architecture.js'
import { readCheckpoint } from '../checkpoint.js'
import { ModelConfig } from '../config.js'
import { readJsonFile } from '../json-file.js'
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
 * @throws ModelError if the folder's own weights are missing, damaged, or of an unknown architecture
 */
export async function quantizeModel(folder: string, precision: SmallPrecision): Promise<QuantizedModel> {
  const root = resolve(folder)
  const directory = join(root, (await readModelLayout(root)).transformer)
  const config = new ModelConfig(await readJsonFile(directory, 'config.json'), join(directory, 'config.json'))
  const { tensors, files } = await readCheckpoint(directory, 'f32')
  readArchitecture(config, new TensorTable(tensors))
  const conversions = [...tensors.values()].map((tensor) => planConversion(tensor, precision))
  const path = join(directory, weightFile(precision))
  const metadata = { format: 'pt', quantization: precision, quantization_version: '1' }
  const entries = conversions.flatMap((conversion) => conversion.entries)
  await writeSafetensors(path, metadata, entries, convertAll(directory, conversions))
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size))
  return {
    path,
    byteLength: (await stat(path)).size,
    originalByteLength: sizes.reduce((sum, size) => sum + size, 0),
  }
}

async function* convertAll(
  directory: string,
  conversions: readonly Conversion[],
): AsyncGenerator<Uint8Array> {
  for (const { source, convert } of conversions) yield* convert(await readTensor(directory, source))
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
