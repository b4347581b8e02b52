import { arrayMember, numberMember, stringMember } from '../../../engine/json.js'

/** Member of a hit in which engines say how they came to its score. */
export const ENGINE_EXPLANATION = '_explanation'

/** A part of a score that no sparse query gave. */
export interface ScorePart {
  /** `text`: BM25 or another similarity; `boost`: what functions and boosts around a sparse query made of it. */
  readonly kind: 'text' | 'constant' | 'boost' | 'other'
  /** Part of the score; negative for a boost below 1. */
  readonly score: number
  readonly field?: string
  readonly terms?: readonly string[]
  /** What the sparse score was multiplied by. */
  readonly factor?: number
  /** The engine's own words. */
  readonly description?: string
}

/** Below this part of a score lies the rounding of 32-bit floats. */
export const ROUNDING = 1e-5

interface Found {
  sparse: number
  readonly parts: ScorePart[]
}

/**
 * What the rest of a score is, from the engine's explanation of the whole of it.
 *
 * @param explanation JSON of {@link ENGINE_EXPLANATION}
 * @param fields fields of weights that were asked
 * @param sparse what sparse queries gave, by themselves
 * @returns undefined where the engine does not name what they gave
 */
export function readScoreParts(
  explanation: unknown,
  fields: ReadonlySet<string>,
  sparse: number,
): readonly ScorePart[] | undefined {
  const found: Found = { sparse: 0, parts: [] }
  collect(explanation, 1, fields, found)
  if (found.sparse === 0 && sparse > 0) return undefined
  const boost = found.sparse - sparse
  const isBoosted = sparse > 0 && Math.abs(boost) > ROUNDING * found.sparse
  return [
    ...mergeTerms(found.parts),
    ...(isBoosted ? [{ kind: 'boost' as const, score: boost, factor: found.sparse / sparse }] : []),
  ]
}

/** @param factor what is made of the node's value further up */
function collect(node: unknown, factor: number, fields: ReadonlySet<string>, found: Found): void {
  const value = numberMember(node, 'value') ?? 0
  const description = stringMember(node, 'description') ?? ''
  const details = arrayMember(node, 'details')
  if (isSparse(description, fields)) {
    found.sparse += value * factor
    return
  }
  const shares = sharesOf(description, details)
  if (shares !== undefined) {
    details.forEach((detail, place) => {
      const share = shares[place] ?? 0
      if (share !== 0) collect(detail, factor * share, fields, found)
    })
    return
  }
  const inner = details.filter((detail) => holdsSparse(detail, fields))
  const [only] = inner
  const innerValue = numberMember(only, 'value') ?? 0
  // A function, a boost or a nested query around it: whatever it does, it makes this value of that one.
  if (inner.length === 1 && innerValue !== 0) collect(only, (factor * value) / innerValue, fields, found)
  else if (value !== 0) found.parts.push(toPart(description, value * factor))
}

/** How much of each child's value is in its parent's; undefined for what does not add up children. */
function sharesOf(description: string, details: readonly unknown[]): readonly number[] | undefined {
  if (description.startsWith('sum of')) return details.map(() => 1)
  const best = /^max (?:plus ([\d.]+) times others )?of/.exec(description)
  if (best === null) return undefined
  const values = details.map((detail) => numberMember(detail, 'value') ?? 0)
  const place = values.indexOf(Math.max(...values))
  return values.map((_, other) => (other === place ? 1 : Number(best[1] ?? 0)))
}

/** Lucene's `FeatureField`: `Linear function on the splade field for the car feature, computed as w * S from:`. */
function isSparse(description: string, fields: ReadonlySet<string>): boolean {
  const field = /^Linear function on the (\S+) field for the /.exec(description)?.[1]
  return field !== undefined && fields.has(field)
}

function holdsSparse(node: unknown, fields: ReadonlySet<string>): boolean {
  return (
    isSparse(stringMember(node, 'description') ?? '', fields) ||
    arrayMember(node, 'details').some((detail) => holdsSparse(detail, fields))
  )
}

function toPart(description: string, score: number): ScorePart {
  const [, field, term] = /^weight\(([^\s:]+):(.+) in \d+\)/.exec(description) ?? []
  if (field !== undefined && term !== undefined) return { kind: 'text', score, field, terms: [term] }
  const kind = /^ConstantScore|^\*:\*/.test(description) ? 'constant' : 'other'
  return { kind, score, description: description.trim() }
}

/** The terms of one field are one part. */
function mergeTerms(parts: readonly ScorePart[]): readonly ScorePart[] {
  const byField = new Map<string, ScorePart>()
  for (const part of parts) {
    const key = part.field ?? part.description ?? ''
    const known = byField.get(key)
    const terms = [...(known?.terms ?? []), ...(part.terms ?? [])]
    byField.set(key, {
      ...part,
      score: part.score + (known?.score ?? 0),
      ...(terms.length > 0 && { terms }),
    })
  }
  return [...byField.values()].sort((a, b) => b.score - a.score)
}
