import type { ModelConfig } from '../config.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture, BodyInputs } from './architecture.js'
import {
  type Activation,
  ACTIVATIONS,
  activate,
  attention,
  flatten,
  layerNorm,
  linear,
  lookUp,
} from './layers.js'

interface BertShape {
  readonly vocabularySize: number
  readonly hiddenSize: number
  readonly layers: number
  readonly heads: number
  readonly intermediateSize: number
  readonly maxPositions: number
  readonly tokenTypes: number
  readonly activation: Activation
  readonly epsilon: number
}

/** `BertForMaskedLM`, post-normalised transformer with learned absolute positions (Devlin et al. 2018). */
export function readBert(config: ModelConfig, tensors: TensorTable): Architecture {
  const shape = readShape(config)
  const { vocabularySize, hiddenSize, maxPositions } = shape
  return {
    vocabularySize,
    hiddenSize,
    maxTokens: maxPositions,
    writeBody: (graph, inputs) =>
      writeTransform(graph, shape, tensors, writeEncoder(graph, shape, tensors, inputs)),
    decoderWeight: tensors.get(
      ['cls.predictions.decoder.weight', ...embedding('word_embeddings')],
      [vocabularySize, hiddenSize],
    ),
    decoderBias: tensors.get(['cls.predictions.bias', 'cls.predictions.decoder.bias'], [vocabularySize]),
  }
}

function readShape(config: ModelConfig): BertShape {
  const positions = config.raw('position_embedding_type') ?? 'absolute'
  if (positions !== 'absolute') throw config.wrong('position_embedding_type', '"absolute"', positions)
  return {
    vocabularySize: config.count('vocab_size'),
    hiddenSize: config.count('hidden_size'),
    layers: config.count('num_hidden_layers'),
    heads: config.count('num_attention_heads'),
    intermediateSize: config.count('intermediate_size'),
    maxPositions: config.count('max_position_embeddings'),
    tokenTypes: config.count('type_vocab_size', 2),
    activation: config.oneOf('hidden_act', ACTIVATIONS, 'gelu'),
    epsilon: config.number('layer_norm_eps', 1e-12),
  }
}

function writeEncoder(
  graph: GraphBuilder,
  shape: BertShape,
  tensors: TensorTable,
  inputs: BodyInputs,
): Value {
  const batchAndSequence = graph.op('Shape', [inputs.inputIds])
  let x = writeEmbeddings(graph, shape, tensors, inputs.inputIds, batchAndSequence)
  for (let layer = 0; layer < shape.layers; layer++) {
    x = writeLayer(graph, shape, tensors, layer, x, batchAndSequence, inputs.mask)
  }
  return x
}

function writeEmbeddings(
  graph: GraphBuilder,
  shape: BertShape,
  tensors: TensorTable,
  inputIds: Value,
  batchAndSequence: Value,
): Value {
  const { hiddenSize, epsilon } = shape
  const words = lookUp(
    graph,
    tensors.get(embedding('word_embeddings'), [shape.vocabularySize, hiddenSize]),
    inputIds,
  )
  const table = tensors.get(embedding('position_embeddings'), [shape.maxPositions, hiddenSize])
  const length = graph.op('Slice', [batchAndSequence, graph.ints([1]), graph.ints([2])])
  const positions = graph.op('Slice', [graph.weight(table), graph.ints([0]), length, graph.ints([0])])
  // One text a sequence, so every token has type 0.
  const type = graph.weight(
    tensors.get(embedding('token_type_embeddings'), [shape.tokenTypes, hiddenSize]),
    0,
    1,
  )
  const sum = graph.op('Add', [graph.op('Add', [words, positions]), type])
  const [scale, bias] = normTensors(tensors, embedding('LayerNorm', ''), hiddenSize)
  return flatten(graph, layerNorm(graph, sum, epsilon, scale, bias), hiddenSize)
}

function writeLayer(
  graph: GraphBuilder,
  shape: BertShape,
  tensors: TensorTable,
  layer: number,
  x: Value,
  batchAndSequence: Value,
  mask: Value | undefined,
): Value {
  const { hiddenSize, heads, intermediateSize, epsilon, activation } = shape
  const names = (part: string): readonly string[] => withAndWithoutPrefix(`encoder.layer.${layer}.${part}`)
  const project = (part: string, input: Value, outSize: number, inSize: number): Value =>
    linear(
      graph,
      input,
      tensors.get(suffixed(names(part), '.weight'), [outSize, inSize]),
      tensors.get(suffixed(names(part), '.bias'), [outSize]),
    )
  const addAndNorm = (part: string, residual: Value, update: Value): Value => {
    const [scale, bias] = normTensors(tensors, names(part), hiddenSize)
    return layerNorm(graph, graph.op('Add', [residual, update]), epsilon, scale, bias)
  }

  const [query, key, value] = ['query', 'key', 'value'].map((part) =>
    project(`attention.self.${part}`, x, hiddenSize, hiddenSize),
  ) as [Value, Value, Value]
  const context = attention(graph, { query, key, value, heads, hiddenSize, batchAndSequence, mask })
  const attended = addAndNorm(
    'attention.output.LayerNorm',
    x,
    project('attention.output.dense', context, hiddenSize, hiddenSize),
  )
  const wide = activate(
    graph,
    project('intermediate.dense', attended, intermediateSize, hiddenSize),
    activation,
  )
  return addAndNorm('output.LayerNorm', attended, project('output.dense', wide, hiddenSize, intermediateSize))
}

function writeTransform(graph: GraphBuilder, shape: BertShape, tensors: TensorTable, x: Value): Value {
  const { hiddenSize, activation, epsilon } = shape
  const part = 'cls.predictions.transform'
  const weight = tensors.get(`${part}.dense.weight`, [hiddenSize, hiddenSize])
  const dense = linear(graph, x, weight, tensors.get(`${part}.dense.bias`, [hiddenSize]))
  const [scale, bias] = normTensors(tensors, [`${part}.LayerNorm`], hiddenSize)
  return layerNorm(graph, activate(graph, dense, activation), epsilon, scale, bias)
}

function normTensors(tensors: TensorTable, names: readonly string[], size: number) {
  return [
    tensors.get(suffixed(names, '.weight'), [size]),
    tensors.get(suffixed(names, '.bias'), [size]),
  ] as const
}

function embedding(part: string, suffix = '.weight'): readonly string[] {
  return withAndWithoutPrefix(`embeddings.${part}${suffix}`)
}

/** A bare `BertModel` has no `bert.` before its names. */
function withAndWithoutPrefix(name: string): readonly string[] {
  return [`bert.${name}`, name]
}

function suffixed(names: readonly string[], suffix: string): readonly string[] {
  return names.map((name) => name + suffix)
}
