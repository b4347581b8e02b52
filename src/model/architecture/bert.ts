import type { ModelConfig } from '../config.js'
import { rowRange } from '../safetensors.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture } from './architecture.js'
import { ACTIVATIONS } from './layers.js'
import { type PostNormBody, type PostNormLayer, type PostNormModel, writePostNormModel } from './post-norm.js'
import { readDecoderWeight, readHeadShape, readLinear, readNorm } from './weights.js'

/** `BertForMaskedLM` (Devlin et al. 2018, https://arxiv.org/abs/1810.04805). */
export function readBert(config: ModelConfig, tensors: TensorTable): Architecture {
  const model = readModel(config, tensors)
  const vocabularySize = config.count('vocab_size')
  const { hiddenSize } = model
  return {
    vocabularySize,
    hiddenSize,
    maxTokens: config.count('max_position_embeddings'),
    writeBody: (graph, inputs) => writePostNormModel(graph, model, inputs),
    decoder: {
      weight: readDecoderWeight(
        config,
        tensors,
        { decoder: 'cls.predictions.decoder.weight', embeddings: [model.wordEmbeddings.name] },
        [vocabularySize, hiddenSize],
      ),
      bias: tensors.get(['cls.predictions.decoder.bias', 'cls.predictions.bias'], [vocabularySize]),
    },
  }
}

function readModel(config: ModelConfig, tensors: TensorTable): PostNormModel {
  const body = readBertBody(config, tensors)
  const { hiddenSize, activation } = body
  const transform = 'cls.predictions.transform'
  return {
    ...body,
    transform: {
      dense: readLinear(tensors, [`${transform}.dense`], [hiddenSize, hiddenSize]),
      activation,
      norm: readNorm(tensors, [`${transform}.LayerNorm`], hiddenSize, readEpsilon(config)),
    },
  }
}

/** `BertModel`: the transformer without a head. */
export function readBertBody(config: ModelConfig, tensors: TensorTable): PostNormBody {
  requireAbsolutePositions(config)
  const { heads, hiddenSize } = readHeadShape(config, 'num_attention_heads', 'hidden_size')
  const epsilon = readEpsilon(config)
  return {
    heads,
    hiddenSize,
    activation: config.oneOf('hidden_act', ACTIVATIONS, 'gelu'),
    paddingId: undefined,
    ...readBertEmbeddings(config, tensors, 'bert.', hiddenSize, epsilon),
    layers: readBertLayers(config, tensors, 'bert.', hiddenSize, epsilon),
  }
}

function readEpsilon(config: ModelConfig): number {
  return config.number('layer_norm_eps', 1e-12)
}

/** @throws ModelError for the relative positions that some BERTs were trained with */
export function requireAbsolutePositions(config: ModelConfig): void {
  const positions = config.raw('position_embedding_type') ?? 'absolute'
  if (positions !== 'absolute') throw config.wrong('position_embedding_type', '"absolute"', positions)
}

/**
 * Embeddings under BERT's names, which RoBERTa shares.
 *
 * @param prefix of a masked language model's tensor names; a bare encoder has none
 */
export function readBertEmbeddings(
  config: ModelConfig,
  tensors: TensorTable,
  prefix: string,
  hiddenSize: number,
  epsilon: number,
): Pick<PostNormModel, 'wordEmbeddings' | 'positionEmbeddings' | 'tokenType' | 'embeddingNorm'> {
  const names = (part: string): readonly string[] => [`${prefix}embeddings.${part}`, `embeddings.${part}`]
  const table = (part: string, rows: number) =>
    tensors.get(
      names(part).map((name) => `${name}.weight`),
      [rows, hiddenSize],
    )
  return {
    wordEmbeddings: table('word_embeddings', config.count('vocab_size')),
    positionEmbeddings: table('position_embeddings', config.count('max_position_embeddings')),
    // One text a sequence, so every token has type 0.
    tokenType: rowRange(table('token_type_embeddings', config.count('type_vocab_size', 2)), 0, 1),
    embeddingNorm: readNorm(tensors, names('LayerNorm'), hiddenSize, epsilon),
  }
}

/** Encoder layers under BERT's names, which RoBERTa shares. */
export function readBertLayers(
  config: ModelConfig,
  tensors: TensorTable,
  prefix: string,
  hiddenSize: number,
  epsilon: number,
): readonly PostNormLayer[] {
  const intermediateSize = config.count('intermediate_size')
  return Array.from({ length: config.count('num_hidden_layers') }, (_, layer) => {
    const names = (part: string): readonly string[] => [
      `${prefix}encoder.layer.${layer}.${part}`,
      `encoder.layer.${layer}.${part}`,
    ]
    const dense = (part: string, outSize: number, inSize: number) =>
      readLinear(tensors, names(part), [outSize, inSize])
    return {
      query: dense('attention.self.query', hiddenSize, hiddenSize),
      key: dense('attention.self.key', hiddenSize, hiddenSize),
      value: dense('attention.self.value', hiddenSize, hiddenSize),
      attentionOutput: dense('attention.output.dense', hiddenSize, hiddenSize),
      attentionNorm: readNorm(tensors, names('attention.output.LayerNorm'), hiddenSize, epsilon),
      intermediate: dense('intermediate.dense', intermediateSize, hiddenSize),
      output: dense('output.dense', hiddenSize, intermediateSize),
      outputNorm: readNorm(tensors, names('output.LayerNorm'), hiddenSize, epsilon),
    }
  })
}
