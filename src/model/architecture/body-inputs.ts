import type { Value } from '../onnx/graph-builder.js'

/** Graph inputs that a body reads. */
export interface BodyInputs {
  /** Token ids, 64-bit, `[batch, sequence]`. */
  readonly inputIds: Value
  /** 32-bit, `[batch, sequence]`, 1 for a token and 0 for padding on the right; absent where nothing is padded. */
  readonly mask: Value | undefined
  /** Runtime shape of both, `[2]`, 64-bit. */
  readonly batchAndSequence: Value
}
