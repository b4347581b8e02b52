import type { ModelConfig } from '../config.js'
import { rowRange, type StoredTensor } from '../safetensors.js'
import type { TensorTable } from '../tensor-table.js'
import type { HeadShape, Linear, Norm } from './layers.js'

/**
 * The tensors `<name>.weight` and `<name>.bias` of a linear layer.
 *
 * @param names the first that the checkpoint holds is taken
 * @throws ModelError naming a tensor that is missing or of another shape
 */
export function readLinear(
  tensors: TensorTable,
  names: readonly string[],
  [outSize, inSize]: readonly [outSize: number, inSize: number],
  hasBias = true,
): Linear {
  return {
    weight: tensors.get(suffixed(names, '.weight'), [outSize, inSize]),
    bias: hasBias ? tensors.get(suffixed(names, '.bias'), [outSize]) : undefined,
  }
}

/** The tensors `<name>.weight` and `<name>.bias` of a layer normalisation. */
export function readNorm(
  tensors: TensorTable,
  names: readonly string[],
  size: number,
  epsilon: number,
  hasBias = true,
): Norm {
  return {
    scale: tensors.get(suffixed(names, '.weight'), [size]),
    bias: hasBias ? tensors.get(suffixed(names, '.bias'), [size]) : undefined,
    epsilon,
  }
}

/** Cuts a layer that computes several things at once into equal layers, over the same bytes. */
export function splitRows({ weight, bias }: Linear, parts: number): readonly Linear[] {
  const rows = (weight.shape[0] ?? 0) / parts
  return Array.from({ length: parts }, (_, part) => ({
    weight: rowRange(weight, part * rows, rows),
    bias: bias && rowRange(bias, part * rows, rows),
  }))
}

/**
 * The projection onto the vocabulary: its own matrix where the checkpoint holds one (as transformers 5 reads it,
 * whatever the config says), else the token embeddings that it is tied to.
 *
 * @throws ModelError if the config says that it is not tied and its own matrix is missing
 */
export function readDecoderWeight(
  config: ModelConfig,
  tensors: TensorTable,
  names: { readonly decoder: string; readonly embeddings: readonly string[] },
  shape: readonly number[],
): StoredTensor {
  const tied = config.flag('tie_word_embeddings', true)
  return tensors.get(tied ? [names.decoder, ...names.embeddings] : [names.decoder], shape)
}

/** @throws ModelError unless the heads divide the hidden size */
export function readHeadShape(config: ModelConfig, headsField: string, sizeField: string): HeadShape {
  const heads = config.count(headsField)
  const hiddenSize = config.count(sizeField)
  if (hiddenSize % heads !== 0) {
    throw config.wrong(headsField, `a divisor of ${sizeField} (${hiddenSize})`, heads)
  }
  return { heads, hiddenSize }
}

function suffixed(names: readonly string[], suffix: string): readonly string[] {
  return names.map((name) => name + suffix)
}
