import { BLOCK_ZERO_POINT } from '../precision.js'
import { numberToFloat16 } from './half.js'

/** 8-bit values with the factors that turn them back: `value * scale`. */
export interface QuantizedTensor {
  readonly bytes: Uint8Array
  readonly scales: Float32Array
}

const LARGEST = 127
const BLOCK_SIZES = [128, 64, 32, 16] as const

/** Signed 8 bits, one scale a row: `round(value / scale)`, with the row's largest value at 127. */
export function quantizeRows(values: Float32Array, rows: number): QuantizedTensor {
  const bytes = new Int8Array(values.length)
  const scales = quantizeRuns(values, values.length / rows, (index, level) => (bytes[index] = level))
  return { bytes: new Uint8Array(bytes.buffer), scales }
}

/** Unsigned 8 bits around 128, one scale for each `blockSize` values of a row. */
export function quantizeBlocks(values: Float32Array, blockSize: number): QuantizedTensor {
  const bytes = new Uint8Array(values.length)
  const scales = quantizeRuns(values, blockSize, (index, level) => (bytes[index] = level + BLOCK_ZERO_POINT))
  return { bytes, scales }
}

/** The largest block that rows of this length can be cut into; undefined where there is none. */
export function blockSizeFor(rowLength: number): number | undefined {
  return BLOCK_SIZES.find((size) => rowLength % size === 0)
}

export function toFloat16(values: Float32Array): Uint8Array {
  const halves = new Uint16Array(values.length)
  for (let index = 0; index < halves.length; index++) halves[index] = numberToFloat16(values[index] ?? 0)
  return new Uint8Array(halves.buffer)
}

function quantizeRuns(
  values: Float32Array,
  runLength: number,
  store: (index: number, level: number) => void,
): Float32Array {
  const scales = new Float32Array(values.length / runLength)
  for (let run = 0; run < scales.length; run++) {
    const start = run * runLength
    const scale = Math.fround(largestMagnitude(values, start, start + runLength) / LARGEST)
    scales[run] = scale
    if (scale === 0) {
      for (let index = start; index < start + runLength; index++) store(index, 0)
      continue
    }
    for (let index = start; index < start + runLength; index++) {
      const level = Math.round((values[index] ?? 0) / scale)
      store(index, Math.max(-LARGEST, Math.min(LARGEST, level)))
    }
  }
  return scales
}

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0
  for (let index = start; index < end; index++) largest = Math.max(largest, Math.abs(values[index] ?? 0))
  return largest
}
