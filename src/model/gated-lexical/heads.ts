import { ModelError } from '../../errors.js'
import type { Linear } from '../architecture/layers.js'
import { readLinear } from '../architecture/weights.js'
import type { StoredTensor } from '../safetensors.js'
import type { TensorTable } from '../tensor-table.js'
import { GATE_KINDS, type Side } from './head-settings.js'

/** Weights on top of the body that documents and queries do not share. */
export interface SideHead {
  /** Hidden state -> inner state of the gates. */
  readonly gateIn: Linear
  /** Inner state -> one gate for each kind of term. */
  readonly gateOut: Linear
  /** Mean hidden state of a window -> direction in the space of the expansion terms. */
  readonly project: Linear
  /** `[terms]`. */
  readonly expansionBias: StoredTensor
}

/** All weights on top of the body. */
export interface Heads extends Readonly<Record<Side, SideHead>> {
  /** Places of the expansion terms, `[terms, width]`. */
  readonly embedding: StoredTensor
  readonly width: number
}

const EMBEDDING = 'head.embedding'

/**
 * @param terms number of expansion terms
 * @throws ModelError naming a tensor that is missing or of another shape, or if there are more or fewer terms
 */
export function readHeads(tensors: TensorTable, hiddenSize: number, terms: number): Heads {
  // Widths are free: each is taken from one tensor, and the others must agree.
  const [places = terms, width = 0] = tensors.find(EMBEDDING)?.shape ?? []
  if (places !== terms)
    throw new ModelError(`tensor ${EMBEDDING} has places for ${places} terms, and terms.json holds ${terms}`)
  const side = (name: Side): SideHead => {
    const prefix = `head.${name}`
    const inner = tensors.find(`${prefix}.gate_in.weight`)?.shape[0] ?? 0
    return {
      gateIn: readLinear(tensors, [`${prefix}.gate_in`], [inner, hiddenSize]),
      gateOut: readLinear(tensors, [`${prefix}.gate_out`], [GATE_KINDS.length, inner]),
      project: readLinear(tensors, [`${prefix}.project`], [width, hiddenSize]),
      expansionBias: tensors.get(`${prefix}.expansion_bias`, [terms]),
    }
  }
  return {
    embedding: tensors.get(EMBEDDING, [terms, width]),
    width,
    document: side('document'),
    query: side('query'),
  }
}
