import type { TokenizedText } from './text-tokenizer.js'

/** What {@link fragmentationOf} asks about ids. */
export interface FragmentRules {
  readonly unknownId: number | undefined
  /** True for a token that stands for one character or a part of one. */
  isSingleCharacter(id: number): boolean
}

/** Share (0-1) of a text's own tokens that are unknown, or single characters of a word of several tokens. */
export function fragmentationOf({ ids, words }: TokenizedText, rules: FragmentRules): number {
  let own = 0
  let fragments = 0
  for (const [index, id] of ids.entries()) {
    const word = words[index]
    if (word === -1) continue
    own++
    const isPart = word === words[index - 1] || word === words[index + 1]
    if (id === rules.unknownId || (isPart && rules.isSingleCharacter(id))) fragments++
  }
  return own === 0 ? 0 : fragments / own
}
