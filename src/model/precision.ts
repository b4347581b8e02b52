/**
 * How the weights of a model are stored and multiplied.
 *
 * - `f32`: as trained.
 * - `f16`: stored in 16 bits; computed in 32 on a CPU, at the same speed and with the same memory, in 16 on CUDA.
 * - `int8`: 8-bit matrices with a scale for each output, multiplied by 8-bit activations with a scale for each
 *   token. The fastest.
 * - `int8-block`: 8-bit matrices with a scale for each block of 128 inputs, activations likewise. Closer to `f32`.
 */
export const PRECISIONS = ['f32', 'f16', 'int8', 'int8-block'] as const
export type Precision = (typeof PRECISIONS)[number]

/** Added to the 8-bit weights of `int8-block`, which are stored without a sign (the default of `MatMulNBits`). */
export const BLOCK_ZERO_POINT = 128

/** File of a model folder that holds its weights in a precision. */
export function weightFile(precision: Precision): string {
  return precision === 'f32' ? 'model.safetensors' : `model.${precision}.safetensors`
}
