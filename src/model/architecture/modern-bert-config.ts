import type { ModelConfig } from '../config.js'
import { type Activation, ACTIVATIONS, type HeadShape } from './layers.js'
import { readHeadShape } from './weights.js'

/** `full_attention`: a token sees the whole text; `sliding_attention`: its neighbours only. */
const LAYER_TYPES = ['full_attention', 'sliding_attention'] as const
export type LayerType = (typeof LAYER_TYPES)[number]

/** The fields of a ModernBERT's `config.json` that its graph depends on. */
export interface ModernBertShape extends HeadShape {
  readonly vocabularySize: number
  readonly intermediateSize: number
  readonly maxPositions: number
  readonly layerTypes: readonly LayerType[]
  /** Base of the rotary frequencies, by type of layer. */
  readonly theta: Readonly<Record<LayerType, number>>
  /** Farthest distance that a token of a sliding layer sees. */
  readonly reach: number
  readonly activation: Activation
  readonly headActivation: Activation
  readonly epsilon: number
  /** Which parts have biases. */
  readonly biases: Readonly<Record<'norm' | 'attention' | 'mlp' | 'head' | 'decoder', boolean>>
}

/** Reads configs written by transformers 4 and 5, which name layer types and rotary bases differently. */
export function readModernBertShape(config: ModelConfig): ModernBertShape {
  return {
    ...readHeadShape(config, 'num_attention_heads', 'hidden_size'),
    vocabularySize: config.count('vocab_size'),
    intermediateSize: config.count('intermediate_size'),
    maxPositions: config.count('max_position_embeddings', 8192),
    layerTypes: readLayerTypes(config),
    theta: readThetas(config),
    reach: Math.floor(config.count('local_attention', 128) / 2),
    activation: config.oneOf('hidden_activation', ACTIVATIONS, 'gelu'),
    headActivation: config.oneOf('classifier_activation', ACTIVATIONS, 'gelu'),
    epsilon: config.number('norm_eps', 1e-5),
    biases: {
      norm: config.flag('norm_bias', false),
      attention: config.flag('attention_bias', false),
      mlp: config.flag('mlp_bias', false),
      head: config.flag('classifier_bias', false),
      decoder: config.flag('decoder_bias', true),
    },
  }
}

function readLayerTypes(config: ModelConfig): readonly LayerType[] {
  const layers = config.count('num_hidden_layers')
  const stated = config.raw('layer_types') ?? undefined
  if (stated === undefined) {
    const period = config.count('global_attn_every_n_layers', 3)
    return Array.from({ length: layers }, (_, layer) =>
      layer % period === 0 ? 'full_attention' : 'sliding_attention',
    )
  }
  if (!Array.isArray(stated) || stated.length !== layers || !stated.every(isLayerType)) {
    throw config.wrong('layer_types', `${layers} times one of ${LAYER_TYPES.join(', ')}`, stated)
  }
  return stated
}

function readThetas(config: ModelConfig): ModernBertShape['theta'] {
  requireNoScaling(config)
  const full = readTheta(config, 'full_attention', 'global_rope_theta', 160_000)
  // In configs of transformers 4, null stands for "as in the global layers".
  const fallback = config.raw('local_rope_theta') === null ? full : 10_000
  return {
    full_attention: full,
    sliding_attention: readTheta(config, 'sliding_attention', 'local_rope_theta', fallback),
  }
}

/** transformers 4 passes over `rope_scaling` in this architecture; transformers 5 follows it. */
function requireNoScaling(config: ModelConfig): void {
  const scaling = (config.raw('rope_scaling') ?? {}) as {
    readonly rope_type?: unknown
    readonly type?: unknown
  }
  if ((scaling.rope_type ?? scaling.type ?? 'default') !== 'default')
    throw config.wrong('rope_scaling', 'null or of rope_type "default"', scaling)
}

/** `rope_parameters` of transformers 5, else the field of transformers 4. */
function readTheta(config: ModelConfig, layerType: LayerType, oldField: string, fallback: number): number {
  const parameters = (config.raw('rope_parameters') ?? {}) as Partial<
    Record<LayerType, { readonly rope_type?: unknown; readonly rope_theta?: unknown } | null>
  >
  const { rope_type: type = 'default', rope_theta: theta } = parameters[layerType] ?? {}
  if (type !== 'default') throw config.wrong('rope_parameters', `of rope_type "default"`, type)
  if (theta === undefined) return config.number(oldField, fallback)
  if (typeof theta !== 'number' || !(theta > 0)) {
    throw config.wrong('rope_parameters', `given a rope_theta > 0 for ${layerType}`, theta)
  }
  return theta
}

function isLayerType(value: unknown): value is LayerType {
  return LAYER_TYPES.some((type) => type === value)
}
