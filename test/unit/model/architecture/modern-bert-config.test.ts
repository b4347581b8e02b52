import { describe, expect, it } from '@jest/globals'
import { readModernBertShape } from '../../../../src/model/architecture/modern-bert-config.js'
import { ModelConfig } from '../../../../src/model/config.js'

const SIZES = {
  vocab_size: 50,
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 4,
  num_attention_heads: 2,
}

function shape(fields: Readonly<Record<string, unknown>>) {
  return readModernBertShape(new ModelConfig({ ...SIZES, ...fields }, 'config.json'))
}

describe('readModernBertShape', () => {
  it('has the defaults of transformers', () => {
    expect(shape({})).toEqual({
      vocabularySize: 50,
      hiddenSize: 8,
      heads: 2,
      intermediateSize: 16,
      maxPositions: 8192,
      layerTypes: ['full_attention', 'sliding_attention', 'sliding_attention', 'full_attention'],
      theta: { full_attention: 160_000, sliding_attention: 10_000 },
      reach: 64,
      activation: 'gelu',
      headActivation: 'gelu',
      epsilon: 1e-5,
      biases: { norm: false, attention: false, mlp: false, head: false, decoder: true },
    })
  })

  it('reads the fields of transformers 4', () => {
    const fields = { global_attn_every_n_layers: 2, global_rope_theta: 500, local_rope_theta: 100 }
    expect(shape(fields)).toMatchObject({
      layerTypes: ['full_attention', 'sliding_attention', 'full_attention', 'sliding_attention'],
      theta: { full_attention: 500, sliding_attention: 100 },
    })
  })

  it('takes a base of null for that of the global layers', () => {
    expect(shape({ global_rope_theta: 500, local_rope_theta: null }).theta).toEqual({
      full_attention: 500,
      sliding_attention: 500,
    })
  })

  it('takes positions that are said to be scaled in no way', () => {
    for (const scaling of [null, {}, { rope_type: 'default' }])
      expect(shape({ rope_scaling: scaling })).toEqual(shape({}))
  })

  it('reads the fields of transformers 5', () => {
    const layerTypes = ['sliding_attention', 'full_attention', 'full_attention', 'full_attention']
    const parameters = { full_attention: { rope_type: 'default', rope_theta: 7 }, sliding_attention: null }
    expect(
      shape({ layer_types: layerTypes, rope_parameters: parameters, local_attention: 11 }),
    ).toMatchObject({
      layerTypes,
      theta: { full_attention: 7, sliding_attention: 10_000 },
      reach: 5,
    })
  })

  it.each([
    [{ layer_types: ['full_attention'] }, /"layer_types" must be 4 times one of full_attention, sliding_/],
    [{ layer_types: [1, 2, 3, 4] }, /"layer_types" must be 4 times one of/],
    [{ rope_parameters: { full_attention: { rope_type: 'yarn' } } }, /of rope_type "default", found "yarn"/],
    [
      { rope_scaling: { type: 'linear', factor: 2 } },
      /"rope_scaling" must be null or of rope_type "default"/,
    ],
    [{ rope_scaling: { rope_type: 'yarn' } }, /"rope_scaling" must be .*, found \{"rope_type":"yarn"\}/],
    [{ rope_parameters: { full_attention: { rope_theta: '1' } } }, /a rope_theta > 0 for full_attention/],
    [{ hidden_activation: 'tanh' }, /"hidden_activation" must be one of/],
    [{ num_attention_heads: 3 }, /"num_attention_heads" must be a divisor of hidden_size \(8\), found 3/],
    [{ norm_bias: 1 }, /"norm_bias" must be true or false, found 1/],
  ])('refuses %j', (fields, message) => {
    expect(() => shape(fields)).toThrow(message)
  })
})
