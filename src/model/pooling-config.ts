import { ModelConfig } from './config.js'

/** `1_SpladePooling/config.json` of sentence-transformers. */
export interface PoolingConfig {
  /** How the weights of a text's tokens are joined. */
  readonly strategy: 'max' | 'sum'
  /** `relu`: log1p(relu(x)). `log1p_relu`: log1p once more, as OpenSearch's sparse models do (arXiv:2504.14839). */
  readonly activation: 'relu' | 'log1p_relu'
}

/** @throws ModelError naming the field that has another value */
export function parsePoolingConfig(fields: Readonly<Record<string, unknown>>, path: string): PoolingConfig {
  const config = new ModelConfig(fields, path)
  return {
    strategy: config.oneOf('pooling_strategy', ['max', 'sum'], 'max'),
    activation: config.oneOf('activation_function', ['relu', 'log1p_relu'], 'relu'),
  }
}
