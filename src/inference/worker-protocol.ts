import type { InferenceSession } from 'onnxruntime-node'

/** A tensor as plain data, for example `[batch, sequence]` token ids. */
export type GraphTensor =
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array<ArrayBuffer> }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array<ArrayBuffer> }
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array<ArrayBuffer> }

/** Tensors by the names of a graph's inputs. */
export type GraphFeeds = Readonly<Record<string, GraphTensor>>

/** Tensors by the names of a graph's outputs. */
export type GraphOutputs = Readonly<Record<string, GraphTensor>>

/** What a worker is started with. */
export interface WorkerSetup {
  /** Serialised ONNX model. */
  readonly model: Uint8Array
  readonly sessionOptions: InferenceSession.SessionOptions
  /** One number in shared memory: 1 while the worker is in, or about to enter, native code; else 0. */
  readonly busy: Int32Array<SharedArrayBuffer>
}

/** One run; a worker is sent the next when it has answered. */
export interface RunRequest {
  readonly feeds: GraphFeeds
  readonly outputs: readonly string[]
}

/** What a worker says: once after its start, then once a run. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly outputs: GraphOutputs }
  | { readonly kind: 'failed'; readonly reason: string }
