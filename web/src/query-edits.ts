import type { ShownToken, WeightedToken } from '../../src/web/api.js'

/** What the reader has made of one token. */
export interface TokenEdit {
  readonly weight: number
  readonly isOn: boolean
}

/** Token -> edit; tokens that are not in it are as the model made them. */
export type QueryEdits = ReadonlyMap<string, TokenEdit>

/** How a token stands now. */
export function editOf(edits: QueryEdits, { token, weight }: WeightedToken): TokenEdit {
  return edits.get(token) ?? { weight, isOn: true }
}

/** Edits with one more; an edit that brings a token back to what it was is none. */
export function withEdit(edits: QueryEdits, token: WeightedToken, edit: TokenEdit): QueryEdits {
  const others = new Map(edits)
  if (edit.isOn && edit.weight === token.weight) others.delete(token.token)
  else others.set(token.token, edit)
  return others
}

/** @returns the weights to search with; undefined for those of the model */
export function editedTokens(
  tokens: readonly ShownToken[],
  edits: QueryEdits,
): readonly WeightedToken[] | undefined {
  if (edits.size === 0) return undefined
  return tokens.flatMap((token) => {
    const { weight, isOn } = editOf(edits, token)
    return isOn && weight > 0 ? [{ token: token.token, weight }] : []
  })
}
