import { ModelError } from '../errors.js'
import type { StoredTensor } from './safetensors.js'

/** Names that older checkpoints use for the same tensors. */
const OLD_NAMES: readonly (readonly [RegExp, string])[] = [
  [/LayerNorm\.weight$/, 'LayerNorm.gamma'],
  [/LayerNorm\.bias$/, 'LayerNorm.beta'],
]

/** The tensors of a checkpoint, looked up by name with their shape checked. */
export class TensorTable {
  constructor(private readonly tensors: ReadonlyMap<string, StoredTensor>) {}

  /**
   * The first of `names` that the checkpoint holds.
   *
   * @throws ModelError naming what was looked for and what was found, if it is absent or of another shape
   */
  get(names: string | readonly string[], shape: readonly number[]): StoredTensor {
    const candidates = typeof names === 'string' ? [names] : names
    const tensor = this.find(candidates)
    if (tensor === undefined) {
      throw new ModelError(
        `the weights have no tensor ${candidates.join(' or ')}; ${this.describe(candidates[0] ?? '')}`,
      )
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new ModelError(
        `tensor ${tensor.name} has shape [${tensor.shape.join(', ')}]; config.json asks for [${shape.join(', ')}]`,
      )
    }
    return tensor
  }

  /** The first of `names` that the checkpoint holds, of any shape. */
  find(names: string | readonly string[]): StoredTensor | undefined {
    for (const name of typeof names === 'string' ? [names] : names) {
      const tensor = this.tensors.get(name) ?? this.findOldName(name)
      if (tensor !== undefined) return tensor
    }
    return undefined
  }

  private findOldName(name: string): StoredTensor | undefined {
    for (const [pattern, replacement] of OLD_NAMES) {
      const tensor = pattern.test(name) ? this.tensors.get(name.replace(pattern, replacement)) : undefined
      if (tensor !== undefined) return tensor
    }
    return undefined
  }

  private describe(wanted: string): string {
    const parent = wanted.split('.').slice(0, -2).join('.')
    const near = [...this.tensors.keys()].filter((name) => parent !== '' && name.startsWith(parent))
    const shown = near.length > 0 ? near : [...this.tensors.keys()]
    const more = shown.length > 8 ? `, … ${shown.length - 8} more` : ''
    return `found ${shown.slice(0, 8).join(', ')}${more}`
  }
}
