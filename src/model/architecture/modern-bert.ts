import type { ModelConfig } from '../config.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { StoredTensor } from '../safetensors.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture } from './architecture.js'
import type { BodyInputs } from './body-inputs.js'
import {
  activate,
  type AttentionStates,
  flatten,
  fullAttention,
  layerNorm,
  type Linear,
  linear,
  lookUp,
  type Norm,
  unflatten,
} from './layers.js'
import { LocalAttention } from './local-attention.js'
import { type LayerType, type ModernBertShape, readModernBertShape } from './modern-bert-config.js'
import { type HeadTransform, writeHeadTransform } from './post-norm.js'
import { rotate, type RotaryTables, writeRotaryTables } from './rotary.js'
import { readDecoderWeight, readLinear, readNorm, splitRows } from './weights.js'

interface ModernBertModel {
  readonly shape: ModernBertShape
  readonly tokenEmbeddings: StoredTensor
  readonly embeddingNorm: Norm
  readonly layers: readonly ModernBertLayer[]
  readonly finalNorm: Norm
  readonly transform: HeadTransform
}

interface ModernBertLayer {
  readonly type: LayerType
  /** Absent in the first layer: the embeddings are normalised already. */
  readonly attentionNorm: Norm | undefined
  /** Rows of one matrix, `Wqkv`. */
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly attentionOutput: Linear
  readonly mlpNorm: Norm
  /** Rows of one matrix, `Wi`: the first half is activated, the second gates it. */
  readonly input: Linear
  readonly gate: Linear
  readonly output: Linear
}

/**
 * `ModernBertForMaskedLM`: normalisation before each sublayer, rotary positions, gated feed-forward layers, and
 * attention to the whole text in some layers only (Warner et al. 2024, https://arxiv.org/abs/2412.13663).
 */
export function readModernBert(config: ModelConfig, tensors: TensorTable): Architecture {
  const shape = readModernBertShape(config)
  const model = readModel(shape, tensors)
  const { vocabularySize, hiddenSize, biases } = shape
  return {
    vocabularySize,
    hiddenSize,
    maxTokens: shape.maxPositions,
    writeBody: (graph, inputs) => new ModernBertWriter(graph, model, inputs).write(),
    decoder: {
      weight: readDecoderWeight(
        config,
        tensors,
        { decoder: 'decoder.weight', embeddings: [model.tokenEmbeddings.name] },
        [vocabularySize, hiddenSize],
      ),
      bias: biases.decoder ? tensors.get('decoder.bias', [vocabularySize]) : undefined,
    },
  }
}

function readModel(shape: ModernBertShape, tensors: TensorTable): ModernBertModel {
  const { vocabularySize, hiddenSize, epsilon, biases } = shape
  const norm = (names: readonly string[]) => readNorm(tensors, names, hiddenSize, epsilon, biases.norm)
  return {
    shape,
    tokenEmbeddings: tensors.get(withAndWithoutPrefix('embeddings.tok_embeddings.weight'), [
      vocabularySize,
      hiddenSize,
    ]),
    embeddingNorm: norm(withAndWithoutPrefix('embeddings.norm')),
    layers: shape.layerTypes.map((type, layer) => readLayer(shape, tensors, type, layer)),
    finalNorm: norm(withAndWithoutPrefix('final_norm')),
    transform: {
      dense: readLinear(tensors, ['head.dense'], [hiddenSize, hiddenSize], biases.head),
      activation: shape.headActivation,
      norm: norm(['head.norm']),
    },
  }
}

function readLayer(
  shape: ModernBertShape,
  tensors: TensorTable,
  type: LayerType,
  layer: number,
): ModernBertLayer {
  const { hiddenSize, intermediateSize, epsilon, biases } = shape
  const names = (part: string) => withAndWithoutPrefix(`layers.${layer}.${part}`)
  const norm = (part: string) => readNorm(tensors, names(part), hiddenSize, epsilon, biases.norm)
  const dense = (part: string, outSize: number, inSize: number, hasBias: boolean) =>
    readLinear(tensors, names(part), [outSize, inSize], hasBias)
  const [query, key, value] = splitRows(
    dense('attn.Wqkv', 3 * hiddenSize, hiddenSize, biases.attention),
    3,
  ) as [Linear, Linear, Linear]
  const [input, gate] = splitRows(dense('mlp.Wi', 2 * intermediateSize, hiddenSize, biases.mlp), 2) as [
    Linear,
    Linear,
  ]
  return {
    type,
    attentionNorm: layer === 0 ? undefined : norm('attn_norm'),
    query,
    key,
    value,
    attentionOutput: dense('attn.Wo', hiddenSize, hiddenSize, biases.attention),
    mlpNorm: norm('mlp_norm'),
    input,
    gate,
    output: dense('mlp.Wo', hiddenSize, intermediateSize, biases.mlp),
  }
}

/** A bare `ModernBertModel` has no `model.` before its names. */
function withAndWithoutPrefix(name: string): readonly string[] {
  return [`model.${name}`, name]
}

class ModernBertWriter {
  private readonly tables: Readonly<Record<LayerType, RotaryTables>>
  private readonly localAttention: LocalAttention

  constructor(
    private readonly graph: GraphBuilder,
    private readonly model: ModernBertModel,
    private readonly inputs: BodyInputs,
  ) {
    const { hiddenSize, heads, theta, reach } = model.shape
    const length = graph.op('Gather', [inputs.batchAndSequence, graph.ints([1], [])])
    const tables = (type: LayerType) => writeRotaryTables(graph, length, hiddenSize / heads, theta[type])
    this.tables = {
      full_attention: tables('full_attention'),
      sliding_attention: tables('sliding_attention'),
    }
    this.localAttention = new LocalAttention(graph, model.shape, reach, inputs)
  }

  /** @returns states after the head's transform, `[batch * sequence, hidden]` */
  write(): Value {
    const { graph, model, inputs } = this
    const tokens = flatten(
      graph,
      lookUp(graph, model.tokenEmbeddings, inputs.inputIds),
      model.shape.hiddenSize,
    )
    let x = layerNorm(graph, tokens, model.embeddingNorm)
    for (const layer of model.layers) {
      x = graph.op('Add', [x, graph.asState(this.writeAttention(layer, x))])
      x = graph.op('Add', [x, graph.asState(this.writeMlp(layer, x))])
    }
    return writeHeadTransform(graph, model.transform, layerNorm(graph, x, model.finalNorm))
  }

  private writeAttention(layer: ModernBertLayer, x: Value): Value {
    const { graph, inputs } = this
    const { hiddenSize } = this.model.shape
    const normed = layer.attentionNorm === undefined ? x : layerNorm(graph, x, layer.attentionNorm)
    const project = (part: Linear): Value =>
      unflatten(graph, linear(graph, normed, part), inputs.batchAndSequence, hiddenSize)
    const context = this.attend(layer.type, {
      query: rotate(graph, project(layer.query), this.tables[layer.type]),
      key: rotate(graph, project(layer.key), this.tables[layer.type]),
      value: project(layer.value),
    })
    return linear(graph, flatten(graph, context, hiddenSize), layer.attentionOutput)
  }

  private attend(type: LayerType, states: AttentionStates): Value {
    return type === 'full_attention'
      ? fullAttention(this.graph, states, this.model.shape, this.inputs)
      : this.localAttention.write(states)
  }

  private writeMlp(layer: ModernBertLayer, x: Value): Value {
    const { graph } = this
    const normed = layerNorm(graph, x, layer.mlpNorm)
    const activated = activate(graph, linear(graph, normed, layer.input), this.model.shape.activation)
    return linear(graph, graph.op('Mul', [activated, linear(graph, normed, layer.gate)]), layer.output)
  }
}
