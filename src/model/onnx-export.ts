import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ModelError } from '../errors.js'
import { saturate } from './architecture/splade-head.js'
import { type GraphInput, type ModelGraph, writeNonZeroOutputs } from './graph.js'
import { fileExists } from './json-file.js'
import { GraphBuilder, type Value } from './onnx/graph-builder.js'
import { type GraphValue, type ModelOutline, readOutline } from './onnx/outline.js'
import { ELEMENT_TYPE } from './onnx/proto.js'
import type { PoolingConfig } from './pooling-config.js'
import type { Precision } from './precision.js'

/**
 * Models that were exported to ONNX by someone else, for example by optimum: `onnx/model.onnx`, which ends in the
 * logits of every token or in pooled weights. What is missing is put behind the graph, whose bytes stay as they
 * are. The logits of a run exist whole, which takes `4 * tokens * vocabulary` bytes.
 */

/** An export, with what its inputs and outputs say. */
export interface OnnxExport {
  /** Relative to the model folder, the model first. */
  readonly files: readonly string[]
  readonly outline: ModelOutline
  /** File of the model. */
  readonly path: string
}

const FILES: Readonly<Record<Precision, readonly string[]>> = {
  f32: ['model.onnx'],
  f16: ['model_fp16.onnx'],
  int8: ['model_int8.onnx', 'model_quantized.onnx'],
  'int8-block': [],
}

/** From here on the operators that are put behind a graph take their axes in one of two known ways. */
const OLDEST_OPSET = 13
/** From here on `ReduceMax` takes its axes as an input. */
const AXES_AS_INPUT_OPSET = 18

const INPUTS: Readonly<Record<string, GraphInput['content']>> = {
  input_ids: 'tokenIds',
  attention_mask: 'mask',
  token_type_ids: 'tokenTypes',
}

/** Names that exports give to their output; taken before any other. */
const OUTPUTS = ['sentence_embedding', 'sparse_embedding', 'logits']

/**
 * Finds a folder's export in a precision.
 *
 * @returns undefined where there is none
 * @throws ModelError if it is damaged, or takes or gives something that is not known here
 */
export async function findOnnxExport(
  directory: string,
  precision: Precision,
): Promise<OnnxExport | undefined> {
  for (const name of FILES[precision]) {
    const path = join(directory, 'onnx', name)
    if (!(await fileExists(path))) continue
    const outline = readOutline(await readFile(path), path)
    checkInputs(outline, path)
    chooseOutput(outline, path)
    return { path, outline, files: [name, ...outline.dataFiles].map((file) => join('onnx', file)) }
  }
  return undefined
}

/** Size of the last dimension of an export's output, if it is stated. */
export function vocabularySizeOf({ outline, path }: OnnxExport): number | undefined {
  const size = chooseOutput(outline, path).dims.at(-1)
  return typeof size === 'number' ? size : undefined
}

/** The export with pooling behind it. Takes a mask whether texts are padded or not. */
export async function completeOnnxExport(
  { path, outline }: OnnxExport,
  pooling: PoolingConfig,
): Promise<ModelGraph> {
  return {
    model: Buffer.concat([await readFile(path), writeTail(outline, path, pooling)]),
    inputs: checkInputs(outline, path),
    dataDirectory: dirname(path),
  }
}

function checkInputs({ inputs, opset }: ModelOutline, path: string): readonly GraphInput[] {
  if (opset < OLDEST_OPSET) {
    throw new ModelError(`${path} has opset ${opset}; export it with opset ${OLDEST_OPSET} or later`)
  }
  const known = inputs.map(({ name, type }): GraphInput => {
    const content = Object.hasOwn(INPUTS, name) ? INPUTS[name] : undefined
    if (content === undefined || (type !== 'int64' && type !== 'int32')) {
      throw new ModelError(
        `${path}: inputs must be 32 or 64-bit ${Object.keys(INPUTS).join(', ')}, found ${type ?? 'unknown'} ${name}`,
      )
    }
    return { name, content, type }
  })
  for (const content of ['tokenIds', 'mask'] as const) {
    if (known.some((input) => input.content === content)) continue
    const name = Object.keys(INPUTS).find((key) => INPUTS[key] === content)
    throw new ModelError(
      `${path}: the input ${name} is missing, found ${inputs.map((i) => i.name).join(', ')}`,
    )
  }
  return known
}

function chooseOutput({ outputs }: ModelOutline, path: string): GraphValue {
  const usable = outputs.filter(
    ({ type, dims }) =>
      (type === 'float32' || type === 'float16') && (dims.length === 2 || dims.length === 3),
  )
  const named = OUTPUTS.flatMap((name) => usable.filter((output) => output.name === name))
  const chosen = named[0] ?? (usable.length === 1 ? usable[0] : undefined)
  if (chosen !== undefined) return chosen
  const found = outputs.map(({ name, type, dims }) => `${name} (${type ?? 'unknown'} [${dims.join(', ')}])`)
  throw new ModelError(
    `${path} must give logits [batch, sequence, vocabulary] or weights [batch, vocabulary], found ${found.join(', ')}`,
  )
}

function writeTail(outline: ModelOutline, path: string, pooling: PoolingConfig): Uint8Array {
  // Values of the export have names of their own, which must not be met by chance.
  const graph = new GraphBuilder({ opset: outline.opset, prefix: 'splade/' })
  const { name, type, dims } = chooseOutput(outline, path)
  const values = type === 'float16' ? graph.op('Cast', [name], { to: ELEMENT_TYPE.float32 }) : name
  const pooled = dims.length === 3 ? poolLogits(graph, values, pooling) : graph.op('Relu', [values])
  writeNonZeroOutputs(graph, pooled)
  return graph.buildExtension()
}

/** `[batch, sequence, vocabulary]` -> `[batch, vocabulary]`. */
function poolLogits(graph: GraphBuilder, logits: Value, { strategy, activation }: PoolingConfig): Value {
  const mask = graph.op('Cast', ['attention_mask'], { to: ELEMENT_TYPE.float32 })
  // A logit of 0 has no weight: padding vanishes in the maximum and in the sum.
  const masked = graph.op('Mul', [logits, graph.op('Unsqueeze', [mask, graph.ints([2])])])
  if (strategy === 'max') return saturate(graph, maximumOverTokens(graph, masked), activation)
  return graph.op('ReduceSum', [saturate(graph, masked, activation), graph.ints([1])], { keepdims: 0 })
}

function maximumOverTokens(graph: GraphBuilder, logits: Value): Value {
  return graph.opset < AXES_AS_INPUT_OPSET
    ? graph.op('ReduceMax', [logits], { axes: [1], keepdims: 0 })
    : graph.op('ReduceMax', [logits, graph.ints([1])], { keepdims: 0 })
}
