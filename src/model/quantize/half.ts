const floats = new Float32Array(1)
/** The bits of `floats`. */
const bits = new Uint32Array(floats.buffer)

/** The value of a 16-bit float (IEEE 754 binary16). */
export function float16ToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The nearest 16-bit float (ties to even); beyond 65,504 infinity. */
export function numberToFloat16(value: number): number {
  floats[0] = value
  const word = bits[0] ?? 0
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 2^-14 is the smallest normal number; below it, and below half of the smallest at all, steps are fixed.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24)
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | Math.min(0x7c00, (rounded - 0x38000000) >>> 13)
}

/** The value of a bfloat16: the upper half of a 32-bit float. */
export function bfloat16ToNumber(half: number): number {
  bits[0] = half << 16
  return floats[0] ?? NaN
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest > 0.5) return floor + 1
  return rest < 0.5 ? floor : floor + (floor & 1)
}
