import { SplitPreTokenizer } from '@huggingface/tokenizers'
import { EncodingError } from '../errors.js'
import type { JsonCursor } from './json-cursor.js'

// The package's own declarations leave out file extensions, so that NodeNext cannot follow them.
declare module '@huggingface/tokenizers' {
  class SplitPreTokenizer {
    constructor(config: {
      readonly type: 'Split'
      readonly pattern: { readonly String: string } | { readonly Regex: string }
      readonly behavior: string
      readonly invert: boolean
    })
    /** The pattern in JavaScript's syntax, global and Unicode-aware; null for a pattern of an unknown kind. */
    readonly pattern: RegExp | null
  }
}

/** A part `[start, end)` of a text that matches a pattern, or one between two matches. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly isMatch: boolean
}

/** Cuts a text into matches and what lies between them; together they cover the text. */
export type Matcher = (text: string) => readonly Match[]

/**
 * Reads a `pattern` of tokenizer.json: `{ "String": … }` or `{ "Regex": … }` in Oniguruma's syntax, which the
 * Hugging Face library translates.
 *
 * @throws {ModelError} if the pattern cannot be translated
 */
export function readPattern(config: JsonCursor): Matcher {
  const literal = config.at('String')
  const pattern = literal.isPresent ? { String: literal.string() } : { Regex: config.at('Regex').string() }
  let expression: RegExp | null
  try {
    expression = new SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Isolated', invert: false })
      .pattern
  } catch {
    return config.fail('must be a regular expression that can be translated to JavaScript')
  }
  if (expression === null) return config.fail('must be a String or a Regex')
  return matcherOf(expression)
}

/** A matcher over single characters: each character of the class is a match of its own. */
export function characterMatcher(isMatch: (codePoint: number) => boolean): Matcher {
  return (text) => {
    const matches: Match[] = []
    let covered = 0
    for (let unit = 0; unit < text.length;) {
      const codePoint = text.codePointAt(unit) ?? 0
      const next = unit + (codePoint > 0xffff ? 2 : 1)
      if (isMatch(codePoint)) {
        if (covered < unit) matches.push({ start: covered, end: unit, isMatch: false })
        matches.push({ start: unit, end: next, isMatch: true })
        covered = next
      }
      unit = next
    }
    if (covered < text.length) matches.push({ start: covered, end: text.length, isMatch: false })
    return matches
  }
}

function matcherOf(expression: RegExp): Matcher {
  return (text) => {
    const matches: Match[] = []
    let covered = 0
    for (const { index, 0: matched } of allMatches(text, expression)) {
      if (covered < index) matches.push({ start: covered, end: index, isMatch: false })
      matches.push({ start: index, end: index + matched.length, isMatch: true })
      covered = index + matched.length
    }
    if (covered < text.length) matches.push({ start: covered, end: text.length, isMatch: false })
    return matches
  }
}

/** V8 keeps a stack of places to come back to; a match over millions of characters overflows it. */
function allMatches(text: string, expression: RegExp): readonly RegExpExecArray[] {
  try {
    return [...text.matchAll(expression)]
  } catch (cause) {
    const problem = `a text of ${text.length} UTF-16 units is too long for the pattern ${expression.source}`
    throw new EncodingError(`${problem}; cut it into parts first`, { cause })
  }
}
