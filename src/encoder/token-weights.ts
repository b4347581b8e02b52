import { toSparseVector, type SparseVector } from '../sparse-vector.js'
import type { TextTokenizer, TokenizedText } from '../tokenizer/text-tokenizer.js'

/**
 * Query vectors by looking tokens up: each distinct token of the query has its own weight, whatever stands around
 * it. Takes microseconds where inference takes milliseconds.
 */
export class TokenWeightLookup {
  /** @param weightOf the weight of a token, by id and by name; 0 or undefined leaves it out */
  constructor(
    private readonly tokenizer: TextTokenizer,
    private readonly weightOf: (id: number, token: string) => number | undefined,
  ) {}

  toVector({ ids }: TokenizedText): SparseVector {
    const { tokenizer } = this
    const entries = new Map<string, number>()
    for (const id of ids) {
      if (tokenizer.specialIds.has(id)) continue
      const token = tokenizer.tokenOf(id)
      const weight = this.weightOf(id, token) ?? 0
      if (weight > 0) entries.set(token, weight)
    }
    return toSparseVector(entries)
  }
}
