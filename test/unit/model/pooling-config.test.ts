import { describe, expect, it } from '@jest/globals'
import { parsePoolingConfig } from '../../../src/model/pooling-config.js'

describe('parsePoolingConfig', () => {
  it('takes the maximum of log1p(relu) where nothing is stated', () => {
    expect(parsePoolingConfig({}, 'pooling.json')).toEqual({ strategy: 'max', activation: 'relu' })
  })

  it('reads both settings', () => {
    const fields = { pooling_strategy: 'sum', activation_function: 'log1p_relu', embedding_dimension: 8 }
    expect(parsePoolingConfig(fields, 'pooling.json')).toEqual({ strategy: 'sum', activation: 'log1p_relu' })
  })

  it.each([
    [{ pooling_strategy: 'mean' }, 'pooling.json: "pooling_strategy" must be one of max, sum, found "mean"'],
    [
      { activation_function: 'tanh' },
      'pooling.json: "activation_function" must be one of relu, log1p_relu, found "tanh"',
    ],
  ])('refuses %j', (fields, message) => {
    expect(() => parsePoolingConfig(fields, 'pooling.json')).toThrow(message)
  })
})
