import type { ModelConfig } from '../config.js'
import type { TensorTable } from '../tensor-table.js'
import type { Architecture } from './architecture.js'
import { readBert } from './bert.js'
import { readDistilBert } from './distilbert.js'
import { readModernBert } from './modern-bert.js'
import { readRoberta } from './roberta.js'

/** Values of `model_type` that a graph can be written for. */
export const MODEL_TYPES = [
  'bert',
  'distilbert',
  'roberta',
  'xlm-roberta',
  'camembert',
  'modernbert',
] as const

/**
 * The masked language model that a `config.json` describes.
 *
 * @throws ModelError naming a `model_type` that is not known, a field with a wrong value, or a tensor that is
 *   missing or of another shape
 */
export function readArchitecture(config: ModelConfig, tensors: TensorTable): Architecture {
  const modelType = config.oneOf('model_type', MODEL_TYPES)
  switch (modelType) {
    case 'bert':
      return readBert(config, tensors)
    case 'distilbert':
      return readDistilBert(config, tensors)
    case 'roberta':
    case 'xlm-roberta':
    case 'camembert':
      return readRoberta(config, tensors)
    case 'modernbert':
      return readModernBert(config, tensors)
  }
}
