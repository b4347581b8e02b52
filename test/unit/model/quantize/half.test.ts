import { describe, expect, it } from '@jest/globals'
import { bfloat16ToNumber, float16ToNumber, numberToFloat16 } from '../../../../src/model/quantize/half.js'

describe('numberToFloat16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.001, 0x0001],
    [2 ** -14 - 2 ** -25, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1e-30, 0x0000],
  ])('turns %d to the nearest value, ties to even', (value, bits) => {
    expect(numberToFloat16(value)).toBe(bits)
  })

  it('keeps every 16-bit float', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = float16ToNumber(bits)
      if (!Number.isNaN(value)) expect(numberToFloat16(value)).toBe(bits)
    }
  })

  it('keeps not-a-number', () => {
    expect(float16ToNumber(numberToFloat16(NaN))).toBeNaN()
  })
})

describe('bfloat16ToNumber', () => {
  it.each([
    [0x3f80, 1],
    [0xc000, -2],
    [0x7f80, Infinity],
    [0x0000, 0],
  ])('reads %d as %d', (bits, value) => {
    expect(bfloat16ToNumber(bits)).toBe(value)
  })
})
