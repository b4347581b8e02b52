import protobuf from 'protobufjs/light.js'
import { ModelError } from '../../errors.js'
import { ELEMENT_TYPE, type ElementType } from './proto.js'

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string
  /** Undefined for types that no model here uses. */
  readonly type: ElementType | undefined
  /** Sizes, or names of sizes that are known at run time only. */
  readonly dims: readonly (number | string)[]
}

/** What an ONNX model takes and gives. */
export interface ModelOutline {
  /** Version of the standard operators. */
  readonly opset: number
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  /** Files beside the model that hold its weights. */
  readonly dataFiles: readonly string[]
}

const field = (id: number, type: string, rule?: string): protobuf.IField => ({
  id,
  type,
  ...(rule !== undefined && { rule }),
})

/** As much of `onnx.proto` as an outline needs; nodes and the bytes of weights are passed over. */
const SCHEMA: protobuf.INamespace = {
  nested: {
    Entry: { fields: { key: field(1, 'string'), value: field(2, 'string') } },
    Tensor: { fields: { name: field(8, 'string'), externalData: field(13, 'Entry', 'repeated') } },
    Dimension: { fields: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') } },
    Shape: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'Shape') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Graph: {
      fields: {
        initializer: field(5, 'Tensor', 'repeated'),
        input: field(11, 'ValueInfo', 'repeated'),
        output: field(12, 'ValueInfo', 'repeated'),
      },
    },
    Opset: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Model: { fields: { graph: field(7, 'Graph'), opsetImport: field(8, 'Opset', 'repeated') } },
  },
}

interface DecodedValue {
  readonly name: string
  readonly type?: {
    readonly tensorType?: {
      readonly elemType: number
      readonly shape?: { readonly dim: readonly { readonly dimValue: number; readonly dimParam: string }[] }
    }
  }
}

interface DecodedModel {
  readonly graph?: {
    readonly initializer: readonly {
      readonly name: string
      readonly externalData: readonly { readonly key: string; readonly value: string }[]
    }[]
    readonly input: readonly DecodedValue[]
    readonly output: readonly DecodedValue[]
  }
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[]
}

const modelProto = protobuf.Root.fromJSON(SCHEMA).lookupType('Model')

/**
 * Reads what an ONNX model takes and gives.
 *
 * @param path named in errors
 * @throws ModelError if the bytes are not an ONNX model
 */
export function readOutline(bytes: Uint8Array, path: string): ModelOutline {
  const { graph, opsetImport } = decode(bytes, path)
  const opset = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')
  if (graph === undefined || opset === undefined) throw new ModelError(`${path} is not an ONNX model`)
  // Old exports list their weights among the inputs.
  const weights = new Set(graph.initializer.map(({ name }) => name))
  const locations = graph.initializer.flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => value),
  )
  return {
    opset: opset.version,
    inputs: graph.input.filter(({ name }) => !weights.has(name)).map(toGraphValue),
    outputs: graph.output.map(toGraphValue),
    dataFiles: [...new Set(locations)],
  }
}

function decode(bytes: Uint8Array, path: string): DecodedModel {
  try {
    const message = modelProto.decode(bytes)
    return modelProto.toObject(message, { longs: Number, defaults: true, arrays: true }) as DecodedModel
  } catch (cause) {
    throw new ModelError(`${path} is not an ONNX model: ${(cause as Error).message}`, { cause })
  }
}

function toGraphValue({ name, type }: DecodedValue): GraphValue {
  const tensorType = type?.tensorType
  return {
    name,
    type: elementTypeOf(tensorType?.elemType),
    dims: tensorType?.shape?.dim.map(({ dimValue, dimParam }) => dimParam || dimValue) ?? [],
  }
}

function elementTypeOf(code: number | undefined): ElementType | undefined {
  const names = Object.keys(ELEMENT_TYPE) as ElementType[]
  return names.find((name) => ELEMENT_TYPE[name] === code)
}
