import type { SparseVector } from '../sparse-vector.js'

/** How much the documents of a corpus use a token. */
export interface TokenUsage {
  readonly documents: number
  /** Mean of its weights in those. */
  readonly meanWeight: number
}

/** A token whose use differs between two models. */
export interface UsageChange {
  /** As people read it. */
  readonly token: string
  /** Absent where no document has it. */
  readonly a?: TokenUsage
  readonly b?: TokenUsage
}

/** Counts the tokens of a corpus, document by document; holds a number or two a token, not the vectors. */
export class TokenUsageCounter {
  /** Documents counted so far. */
  documents = 0
  private postings = 0
  private readonly sums = new Map<string, { documents: number; weight: number }>()

  /** @param vector tokens as people read them */
  add(vector: SparseVector): void {
    this.documents++
    this.postings += vector.size
    for (const [token, weight] of vector) {
      const known = this.sums.get(token)
      if (known === undefined) this.sums.set(token, { documents: 1, weight })
      else {
        known.documents++
        known.weight += weight
      }
    }
  }

  /** Mean number of tokens of a document. */
  get activeTokens(): number {
    return this.documents === 0 ? 0 : this.postings / this.documents
  }

  /** Different tokens. */
  get tokens(): readonly string[] {
    return [...this.sums.keys()]
  }

  /** @returns undefined for a token that no document has */
  usageOf(token: string): TokenUsage | undefined {
    const known = this.sums.get(token)
    return known && { documents: known.documents, meanWeight: known.weight / known.documents }
  }
}

/** Tokens by how much more, or less, documents have them; those that only one of the models uses included. */
export function compareUsage(
  a: TokenUsageCounter,
  b: TokenUsageCounter,
  limit: number,
): { readonly more: readonly UsageChange[]; readonly fewer: readonly UsageChange[] } {
  const changes = [...new Set([...a.tokens, ...b.tokens])].map((token) => {
    const [before, after] = [a.usageOf(token), b.usageOf(token)]
    const usage = { token, ...(before && { a: before }), ...(after && { b: after }) }
    return { usage, difference: (after?.documents ?? 0) - (before?.documents ?? 0) }
  })
  const sorted = (sign: number) =>
    changes
      .filter(({ difference }) => difference * sign > 0)
      .sort((x, y) => sign * (y.difference - x.difference) || (x.usage.token < y.usage.token ? -1 : 1))
      .slice(0, limit)
      .map(({ usage }) => usage)
  return { more: sorted(1), fewer: sorted(-1) }
}
