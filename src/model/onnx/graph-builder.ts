import type { StoredTensor, StoredType } from '../safetensors.js'
import { ATTRIBUTE_TYPE, ELEMENT_TYPE, encodeModel, EXTERNAL_LOCATION, type ElementType } from './proto.js'

/** Name of a value (an edge) in the graph. */
export type Value = string

export type Attributes = Readonly<
  Record<string, number | string | readonly number[] | { readonly float: number }>
>

/** ONNX version written: 21 has every standard operator used here, `Gelu` (20) among them. */
const OPSET = 21
const IR_VERSION = 10

export interface GraphBuilderOptions {
  /** Version of the standard operators. Default 21. */
  readonly opset?: number
  /** Stands before the names of values that are not given names. Default none. */
  readonly prefix?: string
  /**
   * What products with 8-bit matrices are computed in: `int8` turns the states to 8 bits as well, `f32` turns the
   * matrix back. Default `int8`.
   */
  readonly products?: 'int8' | 'f32'
  /** Compute products with float matrices, and all between two of them, in 16 bits. Default false. */
  readonly halves?: boolean
}

/** Operators of onnxruntime itself, for example fused attention. */
export const MICROSOFT = 'com.microsoft'

const ELEMENT_OF: Readonly<Record<StoredType, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I8: 'int8',
  U8: 'uint8',
}

/**
 * Writes an ONNX graph node by node. Weights are referenced where they lie in the model's safetensors files
 * ("external data"), so that building a graph of any size takes milliseconds and copies nothing.
 */
export class GraphBuilder {
  private readonly nodes: object[] = []
  private readonly initializers: object[] = []
  private readonly inputs: object[] = []
  private readonly outputs: object[] = []
  private readonly constants = new Map<string, Value>()
  private readonly weights = new Set<string>()
  private readonly memory = new Map<string, unknown>()
  private readonly prefix: string
  private count = 0
  /** Version of the standard operators in this graph. */
  readonly opset: number
  /** What products with 8-bit matrices are computed in. */
  readonly products: 'int8' | 'f32'
  /** Products with float matrices, and all between two of them, are computed in 16 bits. */
  readonly halves: boolean

  constructor({ opset = OPSET, prefix = '', products = 'int8', halves = false }: GraphBuilderOptions = {}) {
    this.opset = opset
    this.prefix = prefix
    this.products = products
    this.halves = halves
  }

  /** Declares a graph input; strings in `dims` are symbolic dimensions. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.inputs.push(valueInfo(name, type, dims))
    return name
  }

  /** Declares `value` as the graph output called `name`. */
  output(name: string, value: Value, type: ElementType, dims: readonly (number | string)[]): void {
    this.nodes.push(node('Identity', [value], [name], {}))
    this.outputs.push(valueInfo(name, type, dims))
  }

  /** Adds an operator with one output. An empty input string stands for an absent optional input. */
  op(type: string, inputs: readonly Value[], attributes: Attributes = {}, domain = ''): Value {
    const output = this.fresh(type)
    this.nodes.push(node(type, inputs, [output], attributes, domain))
    return output
  }

  /** Adds an operator with two outputs. */
  pair(
    type: string,
    inputs: readonly Value[],
    attributes: Attributes = {},
  ): readonly [first: Value, second: Value] {
    const outputs = [this.fresh(type), this.fresh(type)] as const
    this.nodes.push(node(type, inputs, outputs, attributes))
    return outputs
  }

  /** A small 64-bit integer tensor kept inside the graph; equal ones are shared. */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const data = BigInt64Array.from(values, BigInt)
    return this.constant(`int64:${dims.join()}:${values.join()}`, 'int64', dims, data)
  }

  /** A float tensor kept inside the graph; for tables computed here, not for weights. */
  floats(values: Float32Array, dims: readonly number[]): Value {
    return this.constant(undefined, 'float32', dims, values)
  }

  /** An unsigned 8-bit scalar. */
  byte(value: number): Value {
    return this.constant(`uint8:${value}`, 'uint8', [], Uint8Array.of(value))
  }

  /** A float scalar. */
  scalar(value: number): Value {
    return this.constant(`float:${value}`, 'float32', [], Float32Array.of(value))
  }

  /** A weight by reference, as stored; equal references are shared. */
  stored(tensor: StoredTensor): Value {
    const { name } = tensor
    if (this.weights.has(name)) return name
    this.weights.add(name)
    this.initializers.push({
      name,
      dims: tensor.shape,
      dataType: ELEMENT_TYPE[ELEMENT_OF[tensor.type]],
      dataLocation: EXTERNAL_LOCATION,
      externalData: [
        { key: 'location', value: tensor.file },
        { key: 'offset', value: String(tensor.offset) },
        { key: 'length', value: String(tensor.byteLength) },
      ],
    })
    return name
  }

  /** A weight as 32-bit floats, whatever it is stored as. */
  weight(tensor: StoredTensor): Value {
    const value = this.stored(tensor)
    return tensor.type === 'F32' ? value : this.widen(value)
  }

  /** A float weight as a factor of products. */
  factor(tensor: StoredTensor): Value {
    if (!this.halves) return this.weight(tensor)
    const value = this.stored(tensor)
    return tensor.type === 'F16' ? value : this.asFactor(value)
  }

  /** In the type that products are computed in: 16-bit floats with `halves`, else as it is. */
  asFactor(value: Value): Value {
    return this.halves ? this.op('Cast', [value], { to: ELEMENT_TYPE.float16 }) : value
  }

  /** A product, or what was made of one, in 32-bit floats: sums over many layers need them. */
  asState(value: Value): Value {
    return this.halves ? this.widen(value) : value
  }

  private widen(value: Value): Value {
    return this.op('Cast', [value], { to: ELEMENT_TYPE.float32 })
  }

  /** What `write` gave when it was first called with this key: for parts that several layers share. */
  once<T>(key: string, write: () => T): T {
    if (!this.memory.has(key)) this.memory.set(key, write())
    return this.memory.get(key) as T
  }

  /** @returns the serialised ONNX model */
  build(graphName: string): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'splade-bridge',
      opsetImport: [
        { domain: '', version: this.opset },
        { domain: MICROSOFT, version: 1 },
      ],
      graph: { name: graphName, ...this.parts() },
    })
  }

  /**
   * Nodes, constants and outputs alone, to be put behind the bytes of another model: where a protobuf message
   * follows another of its type, parsers append its repeated fields.
   * https://protobuf.dev/programming-guides/encoding/#last-one-wins
   */
  buildExtension(): Uint8Array {
    return encodeModel({ graph: this.parts() })
  }

  private parts(): object {
    return {
      node: this.nodes,
      initializer: this.initializers,
      input: this.inputs,
      output: this.outputs,
    }
  }

  private constant(
    key: string | undefined,
    type: ElementType,
    dims: readonly number[],
    data: ArrayBufferView,
  ): Value {
    const known = key === undefined ? undefined : this.constants.get(key)
    if (known !== undefined) return known
    const name = this.fresh('const')
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.initializers.push({ name, dims, dataType: ELEMENT_TYPE[type], rawData })
    if (key !== undefined) this.constants.set(key, name)
    return name
  }

  private fresh(prefix: string): Value {
    return `${this.prefix}${prefix}_${this.count++}`
  }
}

function node(
  opType: string,
  input: readonly Value[],
  output: readonly Value[],
  attributes: Attributes,
  domain = '',
): object {
  const attribute = Object.entries(attributes).map(([name, value]) => toAttribute(name, value))
  return { opType, input, output, name: output[0], attribute, ...(domain !== '' && { domain }) }
}

function toAttribute(name: string, value: Attributes[string]): object {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value }
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: Buffer.from(value) }
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float }
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value }
}

function valueInfo(name: string, type: ElementType, dims: readonly (number | string)[]): object {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: ELEMENT_TYPE[type], shape: { dim } } } }
}
