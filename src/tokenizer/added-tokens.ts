import { WHITE_SPACE, WORD_CHARACTER } from './character-class.js'
import type { JsonCursor } from './json-cursor.js'

/** A token that is found in the text as written, before the model sees anything. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  /** True for a token that stands for no text, such as `[CLS]`. */
  readonly special: boolean
  /** True to look for the token in the normalized text, false to look in the original. */
  readonly normalized: boolean
  /** True to match only where no word character stands beside the token. */
  readonly singleWord: boolean
  /** True to swallow the whitespace before the token. */
  readonly stripLeft: boolean
  /** True to swallow the whitespace after the token. */
  readonly stripRight: boolean
}

/** A part `[start, end)` of a text: an added token, or (id undefined) text for the model. */
export interface Section {
  readonly start: number
  readonly end: number
  readonly id: number | undefined
}

/** Reads `added_tokens` of tokenizer.json; tokens without content are left out, as they match nothing. */
export function readAddedTokens(config: JsonCursor): readonly AddedToken[] {
  return config
    .items()
    .map((token) => {
      const special = token.at('special').boolean(false)
      return {
        id: token.at('id').natural(),
        content: token.at('content').string(),
        special,
        normalized: token.at('normalized').boolean(!special),
        singleWord: token.at('single_word').boolean(false),
        stripLeft: token.at('lstrip').boolean(false),
        stripRight: token.at('rstrip').boolean(false),
      }
    })
    .filter(({ content }) => content !== '')
}

/**
 * Finds added tokens: of all that match, the leftmost, and of those the longest.
 *
 * Source: tokenizers, tokenizer/added_vocabulary.rs, `find_matches`.
 */
export class AddedTokenFinder {
  private readonly tokensByPattern: ReadonlyMap<string, AddedToken>
  private readonly anyToken: RegExp | undefined

  /**
   * @param tokens the tokens to look for
   * @param patternOf what a token looks like in the texts that will be searched
   */
  constructor(tokens: readonly AddedToken[], patternOf: (token: AddedToken) => string) {
    this.tokensByPattern = new Map(
      tokens.map((token) => [patternOf(token), token] as const).filter(([pattern]) => pattern !== ''),
    )
    const longestFirst = [...this.tokensByPattern.keys()].sort((a, b) => b.length - a.length)
    if (longestFirst.length > 0) this.anyToken = new RegExp(longestFirst.map(escaped).join('|'), 'gu')
  }

  /**
   * True if no token can reach across a visible character followed by a space, so that a text may be cut there
   * before the search.
   */
  get isLocalToWords(): boolean {
    return [...this.tokensByPattern].every(
      ([pattern, token]) =>
        !token.stripRight && !/\S\s/.test(pattern) && !(token.singleWord && pattern.startsWith(' ')),
    )
  }

  /** Sections that cover the whole text, none of them empty. */
  split(text: string): readonly Section[] {
    const sections: Section[] = []
    let covered = 0
    for (const { start, end, id } of this.matches(text)) {
      // Whitespace that the token before has swallowed already is not swallowed twice.
      const from = Math.max(start, covered)
      if (covered < from) sections.push({ start: covered, end: from, id: undefined })
      sections.push({ start: from, end, id })
      covered = end
    }
    if (covered < text.length) sections.push({ start: covered, end: text.length, id: undefined })
    return sections
  }

  private *matches(text: string): Generator<Section> {
    if (this.anyToken === undefined) return
    for (const match of text.matchAll(this.anyToken)) {
      const token = this.tokensByPattern.get(match[0])
      const end = match.index + match[0].length
      if (token === undefined || (token.singleWord && touchesWord(text, match.index, end))) continue
      yield {
        start: token.stripLeft ? startOfSpaceBefore(text, match.index) : match.index,
        end: token.stripRight ? endOfSpaceAfter(text, end) : end,
        id: token.id,
      }
    }
  }
}

function touchesWord(text: string, start: number, end: number): boolean {
  const before = Array.from(text.slice(Math.max(0, start - 2), start))
    .at(-1)
    ?.codePointAt(0)
  const after = text.codePointAt(end)
  return [before, after].some((codePoint) => codePoint !== undefined && WORD_CHARACTER.has(codePoint))
}

function startOfSpaceBefore(text: string, unit: number): number {
  let start = unit
  while (start > 0 && WHITE_SPACE.has(text.charCodeAt(start - 1))) start--
  return start
}

function endOfSpaceAfter(text: string, unit: number): number {
  let end = unit
  while (end < text.length && WHITE_SPACE.has(text.charCodeAt(end))) end++
  return end
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
