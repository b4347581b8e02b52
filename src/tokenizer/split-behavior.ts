import type { AlignedText } from './aligned-text.js'
import type { JsonCursor } from './json-cursor.js'
import type { Match, Matcher } from './pattern.js'

/** What becomes of the matches when a text is split at them. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'Contiguous' | 'MergedWithPrevious' | 'MergedWithNext'

const BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'Contiguous',
  'MergedWithPrevious',
  'MergedWithNext',
]

/** @throws {ModelError} naming a behaviour that does not exist */
export function readSplitBehavior(config: JsonCursor, fallback?: SplitBehavior): SplitBehavior {
  const name = config.string(fallback)
  return (
    BEHAVIORS.find((behavior) => behavior === name) ?? config.fail(`must be one of ${BEHAVIORS.join(', ')}`)
  )
}

/**
 * Splits a text at the matches of a pattern.
 *
 * Source: tokenizers, tokenizer/normalizer.rs, `split`.
 */
export function splitAt(
  text: AlignedText,
  matcher: Matcher,
  behavior: SplitBehavior,
): readonly AlignedText[] {
  return arrange(matcher(text.text), behavior)
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => text.slice(start, end))
}

function arrange(matches: readonly Match[], behavior: SplitBehavior): readonly Match[] {
  switch (behavior) {
    case 'Removed':
      return matches.filter(({ isMatch }) => !isMatch)
    case 'Isolated':
      return matches
    case 'Contiguous':
      return merged(matches, (previous, current) => previous.isMatch === current.isMatch)
    case 'MergedWithPrevious':
      return merged(matches, (previous, current) => current.isMatch && !previous.isMatch)
    case 'MergedWithNext':
      return mergedWithNext(matches)
  }
}

/** Joins neighbours where `joins` says so; a joined part counts as what its last part was. */
function merged(
  matches: readonly Match[],
  joins: (previous: Match, current: Match) => boolean,
): readonly Match[] {
  const parts: Match[] = []
  for (const match of matches) {
    const previous = parts.at(-1)
    if (previous !== undefined && joins(previous, match))
      parts[parts.length - 1] = { ...match, start: previous.start }
    else parts.push(match)
  }
  return parts
}

/** Of several matches in a row only the last joins what follows. */
function mergedWithNext(matches: readonly Match[]): readonly Match[] {
  return matches.flatMap((match, index) => {
    const previous = matches[index - 1]
    const next = matches[index + 1]
    if (match.isMatch) return next === undefined || next.isMatch ? [match] : []
    return [{ ...match, start: previous?.isMatch === true ? previous.start : match.start }]
  })
}
