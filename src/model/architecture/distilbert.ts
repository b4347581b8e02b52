import type { ModelConfig } from '../config.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture } from './architecture.js'
import { ACTIVATIONS } from './layers.js'
import { type PostNormLayer, type PostNormModel, writePostNormModel } from './post-norm.js'
import { readDecoderWeight, readHeadShape, readLinear, readNorm } from './weights.js'

/** Fixed in the code of DistilBERT, not in its config. */
const EPSILON = 1e-12

/** `DistilBertForMaskedLM`: BERT without token types (Sanh et al. 2019, https://arxiv.org/abs/1910.01108). */
export function readDistilBert(config: ModelConfig, tensors: TensorTable): Architecture {
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
        { decoder: 'vocab_projector.weight', embeddings: [model.wordEmbeddings.name] },
        [vocabularySize, hiddenSize],
      ),
      bias: tensors.get('vocab_projector.bias', [vocabularySize]),
    },
  }
}

function readModel(config: ModelConfig, tensors: TensorTable): PostNormModel {
  const { heads, hiddenSize } = readHeadShape(config, 'n_heads', 'dim')
  const activation = config.oneOf('activation', ACTIVATIONS, 'gelu')
  const table = (part: string, rows: number) =>
    tensors.get(
      withAndWithoutPrefix(`embeddings.${part}`).map((name) => `${name}.weight`),
      [rows, hiddenSize],
    )
  return {
    heads,
    hiddenSize,
    activation,
    paddingId: undefined,
    tokenType: undefined,
    wordEmbeddings: table('word_embeddings', config.count('vocab_size')),
    positionEmbeddings: table('position_embeddings', config.count('max_position_embeddings')),
    embeddingNorm: readNorm(tensors, withAndWithoutPrefix('embeddings.LayerNorm'), hiddenSize, EPSILON),
    layers: readLayers(config, tensors, hiddenSize),
    transform: {
      dense: readLinear(tensors, ['vocab_transform'], [hiddenSize, hiddenSize]),
      activation,
      norm: readNorm(tensors, ['vocab_layer_norm'], hiddenSize, EPSILON),
    },
  }
}

function readLayers(config: ModelConfig, tensors: TensorTable, hiddenSize: number): readonly PostNormLayer[] {
  const intermediateSize = config.count('hidden_dim')
  return Array.from({ length: config.count('n_layers') }, (_, layer) => {
    const names = (part: string) => withAndWithoutPrefix(`transformer.layer.${layer}.${part}`)
    const dense = (part: string, outSize: number, inSize: number) =>
      readLinear(tensors, names(part), [outSize, inSize])
    return {
      query: dense('attention.q_lin', hiddenSize, hiddenSize),
      key: dense('attention.k_lin', hiddenSize, hiddenSize),
      value: dense('attention.v_lin', hiddenSize, hiddenSize),
      attentionOutput: dense('attention.out_lin', hiddenSize, hiddenSize),
      attentionNorm: readNorm(tensors, names('sa_layer_norm'), hiddenSize, EPSILON),
      intermediate: dense('ffn.lin1', intermediateSize, hiddenSize),
      output: dense('ffn.lin2', hiddenSize, intermediateSize),
      outputNorm: readNorm(tensors, names('output_layer_norm'), hiddenSize, EPSILON),
    }
  })
}

/** A bare `DistilBertModel` has no `distilbert.` before its names. */
function withAndWithoutPrefix(name: string): readonly string[] {
  return [`distilbert.${name}`, name]
}
