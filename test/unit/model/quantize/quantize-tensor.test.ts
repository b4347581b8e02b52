import { describe, expect, it } from '@jest/globals'
import {
  blockSizeFor,
  quantizeBlocks,
  quantizeRows,
  toFloat16,
} from '../../../../src/model/quantize/quantize-tensor.js'
import { randomTensor } from '../../../model-folder.js'

describe('quantizeRows', () => {
  it('puts the largest value of each row at 127', () => {
    const { bytes, scales } = quantizeRows(Float32Array.of(0.5, -1, 4, 2), 2)
    expect([...new Int8Array(bytes.buffer)]).toEqual([64, -127, 127, 64])
    expect(scales).toEqual(Float32Array.of(1 / 127, 4 / 127))
  })

  it('is within half a step of every value', () => {
    const { values } = randomTensor([8, 50], 1)
    const { bytes, scales } = quantizeRows(values, 8)
    const levels = new Int8Array(bytes.buffer)
    values.forEach((value, index) => {
      const scale = scales[Math.floor(index / 50)]!
      expect(Math.abs(levels[index]! * scale - value)).toBeLessThanOrEqual(0.5001 * scale)
    })
  })

  it('keeps rows of zeros', () => {
    const { bytes, scales } = quantizeRows(Float32Array.of(0, 0), 1)
    expect([...bytes, ...scales]).toEqual([0, 0, 0])
  })
})

describe('quantizeBlocks', () => {
  it('has a scale a block and 128 for zero', () => {
    const { bytes, scales } = quantizeBlocks(Float32Array.of(1, -1, 0, 8), 2)
    expect([...bytes]).toEqual([255, 1, 128, 255])
    expect(scales).toEqual(Float32Array.of(1 / 127, 8 / 127))
  })
})

describe('blockSizeFor', () => {
  it.each([
    [768, 128],
    [64, 64],
    [48, 16],
    [100, undefined],
  ])('cuts rows of %d values into blocks of %d', (length, size) => {
    expect(blockSizeFor(length)).toBe(size)
  })
})

describe('toFloat16', () => {
  it('writes little-endian halves', () => {
    expect([...toFloat16(Float32Array.of(1, -2))]).toEqual([0x00, 0x3c, 0x00, 0xc0])
  })
})
