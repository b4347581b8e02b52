import { ConfigurationError } from '../errors.js'

/** A token in the documents of a sample. */
export interface TokenProfile {
  readonly token: string
  /** As people read it. */
  readonly readable: string
  /** Documents of the sample that have it. */
  readonly documents: number
  /** Mean of its weights in those. */
  readonly meanWeight: number
}

/** Some of the tokens of a sample, by what they have in common. */
export interface TokenGroup {
  readonly tokens: number
  /** Part of the sample's postings that is theirs, 0-1. */
  readonly postingShare: number
  /** In the most documents first; equal ones by weight. */
  readonly top: readonly TokenProfile[]
}

export interface NearDeadLimits {
  /** A token is weak that nowhere weighs this part of its document's heaviest token, 0-1. Default 0.1. */
  readonly weakRatio?: number
  /** A token is common that at least this part of the documents has, 0-1. Default 0.9. */
  readonly commonShare?: number
}

export const DEFAULT_WEAK_RATIO = 0.1
export const DEFAULT_COMMON_SHARE = 0.9

/** @throws ConfigurationError naming the limit that is no number from 0 to 1 */
export function requireNearDeadLimits({
  weakRatio = DEFAULT_WEAK_RATIO,
  commonShare = DEFAULT_COMMON_SHARE,
}: NearDeadLimits): Required<NearDeadLimits> {
  for (const [option, value] of Object.entries({ weakRatio, commonShare }))
    if (!(value >= 0 && value <= 1))
      throw new ConfigurationError(option, 'must be a number from 0 to 1', value)
  return { weakRatio, commonShare }
}

interface Counted extends TokenProfile {
  /** Its largest weight as a part of the heaviest of the same document. */
  readonly bestRatio: number
}

/** The tokens of a sample of documents: numbers a token, not the vectors. */
export class SampleTokens {
  readonly documents: number
  readonly tokens: readonly Counted[]
  private readonly postings: number

  /**
   * @param vectors token -> weight, of each document
   * @param readable a token as people read it
   */
  constructor(vectors: readonly ReadonlyMap<string, number>[], readable: (token: string) => string) {
    const sums = new Map<string, { documents: number; weight: number; bestRatio: number }>()
    for (const vector of vectors) {
      const heaviest = Math.max(0, ...vector.values())
      for (const [token, weight] of vector) {
        const known = sums.get(token) ?? { documents: 0, weight: 0, bestRatio: 0 }
        known.documents++
        known.weight += weight
        known.bestRatio = Math.max(known.bestRatio, weight / heaviest)
        sums.set(token, known)
      }
    }
    this.documents = vectors.length
    this.postings = vectors.reduce((sum, { size }) => sum + size, 0)
    this.tokens = Array.from(sums, ([token, { documents, weight, bestRatio }]) => {
      return { token, readable: readable(token), documents, meanWeight: weight / documents, bestRatio }
    })
  }

  /** Tokens of which a rule is true. */
  group(isIn: (token: Counted) => boolean, top: number): TokenGroup {
    const found = this.tokens.filter(isIn)
    const postings = found.reduce((sum, { documents }) => sum + documents, 0)
    return {
      tokens: found.length,
      postingShare: this.postings === 0 ? 0 : postings / this.postings,
      top: found.sort(byDocuments).slice(0, top).map(toProfile),
    }
  }

  /** Those of at least two documents with the largest mean weight. */
  heaviest(top: number): readonly TokenProfile[] {
    const shared = this.tokens.filter(({ documents }) => documents > 1)
    return shared.sort(byWeight).slice(0, top).map(toProfile)
  }
}

function byWeight(a: TokenProfile, b: TokenProfile): number {
  return b.meanWeight - a.meanWeight
}

function byDocuments(a: TokenProfile, b: TokenProfile): number {
  return b.documents - a.documents || byWeight(a, b)
}

function toProfile({ token, readable, documents, meanWeight }: Counted): TokenProfile {
  return { token, readable, documents, meanWeight }
}
