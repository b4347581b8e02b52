import type { ModelConfig } from '../config.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture } from './architecture.js'
import { readBertEmbeddings, readBertLayers, requireAbsolutePositions } from './bert.js'
import { ACTIVATIONS } from './layers.js'
import { type PostNormModel, writePostNormModel } from './post-norm.js'
import { readDecoderWeight, readHeadShape, readLinear, readNorm } from './weights.js'

const PREFIX = 'roberta.'

/**
 * `RobertaForMaskedLM`, `XLMRobertaForMaskedLM` and `CamembertForMaskedLM`: BERT with positions that start behind the
 * padding id, and a head under other names (Liu et al. 2019, https://arxiv.org/abs/1907.11692).
 */
export function readRoberta(config: ModelConfig, tensors: TensorTable): Architecture {
  const model = readModel(config, tensors)
  const vocabularySize = config.count('vocab_size')
  const { hiddenSize, paddingId } = model
  return {
    vocabularySize,
    hiddenSize,
    maxTokens: config.count('max_position_embeddings') - paddingId - 1,
    writeBody: (graph, inputs) => writePostNormModel(graph, model, inputs),
    decoder: {
      weight: readDecoderWeight(
        config,
        tensors,
        { decoder: 'lm_head.decoder.weight', embeddings: [model.wordEmbeddings.name] },
        [vocabularySize, hiddenSize],
      ),
      bias: tensors.get(['lm_head.decoder.bias', 'lm_head.bias'], [vocabularySize]),
    },
  }
}

function readModel(
  config: ModelConfig,
  tensors: TensorTable,
): PostNormModel & { readonly paddingId: number } {
  requireAbsolutePositions(config)
  const { heads, hiddenSize } = readHeadShape(config, 'num_attention_heads', 'hidden_size')
  const epsilon = config.number('layer_norm_eps', 1e-12)
  return {
    heads,
    hiddenSize,
    activation: config.oneOf('hidden_act', ACTIVATIONS, 'gelu'),
    paddingId: config.number('pad_token_id', 1),
    ...readBertEmbeddings(config, tensors, PREFIX, hiddenSize, epsilon),
    layers: readBertLayers(config, tensors, PREFIX, hiddenSize, epsilon),
    transform: {
      dense: readLinear(tensors, ['lm_head.dense'], [hiddenSize, hiddenSize]),
      // The head's activation is fixed, whatever `hidden_act` says.
      activation: 'gelu',
      norm: readNorm(tensors, ['lm_head.layer_norm'], hiddenSize, epsilon),
    },
  }
}
