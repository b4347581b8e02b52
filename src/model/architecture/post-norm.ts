import { ELEMENT_TYPE } from '../onnx/proto.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { StoredTensor } from '../safetensors.js'
import type { BodyInputs } from './body-inputs.js'
import {
  type Activation,
  activate,
  flatten,
  fullAttention,
  type HeadShape,
  layerNorm,
  type Linear,
  linear,
  lookUp,
  type Norm,
  unflatten,
} from './layers.js'

/**
 * The transformer of BERT and its kin: learned absolute positions, and normalisation after each residual sum
 * (Vaswani et al. 2017, Devlin et al. 2018). The families differ in the names of their tensors, in how they
 * count positions, and in whether they know token types.
 */
export interface PostNormBody extends HeadShape {
  readonly wordEmbeddings: StoredTensor
  readonly positionEmbeddings: StoredTensor
  /**
   * Padding's token id where positions count the tokens that are not padding, from `id + 1` on (RoBERTa);
   * absent where they count from 0.
   */
  readonly paddingId: number | undefined
  /** `[1, hidden]`, the type of a text's every token; absent in DistilBERT. */
  readonly tokenType: StoredTensor | undefined
  readonly embeddingNorm: Norm
  readonly layers: readonly PostNormLayer[]
  readonly activation: Activation
}

/** The same with the head of a masked language model. */
export interface PostNormModel extends PostNormBody {
  readonly transform: HeadTransform
}

export interface PostNormLayer {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly attentionOutput: Linear
  readonly attentionNorm: Norm
  readonly intermediate: Linear
  readonly output: Linear
  readonly outputNorm: Norm
}

/** What the masked-LM head does before its projection onto the vocabulary. */
export interface HeadTransform {
  readonly dense: Linear
  readonly activation: Activation
  readonly norm: Norm
}

/** @returns states after the head's transform, `[batch * sequence, hidden]` */
export function writePostNormModel(graph: GraphBuilder, model: PostNormModel, inputs: BodyInputs): Value {
  return writeHeadTransform(graph, model.transform, writePostNormBody(graph, model, inputs))
}

/** @returns states after the last layer, `[batch * sequence, hidden]` */
export function writePostNormBody(graph: GraphBuilder, body: PostNormBody, inputs: BodyInputs): Value {
  let x = writeEmbeddings(graph, body, inputs)
  for (const layer of body.layers) x = writeLayer(graph, body, layer, x, inputs)
  return x
}

/** The masked-LM head up to its projection onto the vocabulary. */
export function writeHeadTransform(graph: GraphBuilder, transform: HeadTransform, x: Value): Value {
  const { dense, activation, norm } = transform
  return layerNorm(graph, graph.asState(activate(graph, linear(graph, x, dense), activation)), norm)
}

function writeEmbeddings(graph: GraphBuilder, model: PostNormBody, inputs: BodyInputs): Value {
  const words = lookUp(graph, model.wordEmbeddings, inputs.inputIds)
  const placed = graph.op('Add', [words, writePositions(graph, model, inputs)])
  const typed =
    model.tokenType === undefined ? placed : graph.op('Add', [placed, graph.weight(model.tokenType)])
  return flatten(graph, layerNorm(graph, typed, model.embeddingNorm), model.hiddenSize)
}

function writePositions(graph: GraphBuilder, model: PostNormBody, inputs: BodyInputs): Value {
  const { positionEmbeddings, paddingId } = model
  if (paddingId !== undefined) {
    return lookUp(graph, positionEmbeddings, countTokens(graph, inputs.inputIds, paddingId))
  }
  const length = graph.op('Gather', [inputs.batchAndSequence, graph.ints([1], [])])
  return lookUp(
    graph,
    positionEmbeddings,
    graph.op('Range', [graph.ints([0], []), length, graph.ints([1], [])]),
  )
}

/** `paddingId + n` for the n-th token that is not padding, `paddingId` for padding, as fairseq counts. */
function countTokens(graph: GraphBuilder, inputIds: Value, paddingId: number): Value {
  const padding = graph.op('Equal', [inputIds, graph.ints([paddingId], [])])
  const counted = graph.op('Cast', [graph.op('Not', [padding])], { to: ELEMENT_TYPE.int64 })
  const numbers = graph.op('Mul', [graph.op('CumSum', [counted, graph.ints([1], [])]), counted])
  return graph.op('Add', [numbers, graph.ints([paddingId], [])])
}

function writeLayer(
  graph: GraphBuilder,
  model: PostNormBody,
  layer: PostNormLayer,
  x: Value,
  inputs: BodyInputs,
): Value {
  const { hiddenSize, activation } = model
  const project = (part: Linear): Value =>
    unflatten(graph, linear(graph, x, part), inputs.batchAndSequence, hiddenSize)
  const states = { query: project(layer.query), key: project(layer.key), value: project(layer.value) }
  const context = flatten(graph, fullAttention(graph, states, model, inputs), hiddenSize)
  const addAndNorm = (residual: Value, update: Value, norm: Norm): Value =>
    layerNorm(graph, graph.op('Add', [residual, graph.asState(update)]), norm)

  const attended = addAndNorm(x, linear(graph, context, layer.attentionOutput), layer.attentionNorm)
  const wide = activate(graph, linear(graph, attended, layer.intermediate), activation)
  return addAndNorm(attended, linear(graph, wide, layer.output), layer.outputNorm)
}
