/**
 * Patterns in which `*` stands for any text, also none.
 */

/**
 * True if everything that `text` may stand for fits the pattern; a `*` in the text is a character that only a `*` of
 * the pattern takes.
 */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let starFrom = 0
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at++
      starFrom = from
    } else if (at < pattern.length && pattern[at] === text[from]) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++starFrom
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** True if there is a text that fits both patterns. Time and memory in proportion to the product of their lengths. */
export function globsOverlap(one: string, other: string): boolean {
  // reachable[j]: the first i characters of one and the first j of the other can stand for the same text
  let reachable = startRow(other)
  for (const character of one) {
    const next = new Array<boolean>(other.length + 1).fill(false)
    next[0] = character === '*' && reachable[0] === true
    for (let j = 1; j <= other.length; j++) {
      next[j] = canStep(character, other[j - 1] ?? '', {
        diagonal: reachable[j - 1],
        above: reachable[j],
        left: next[j - 1],
      })
    }
    reachable = next
  }
  return reachable[other.length] === true
}

function startRow(pattern: string): boolean[] {
  const stars = /^\**/.exec(pattern)?.[0].length ?? 0
  return Array.from({ length: pattern.length + 1 }, (_, length) => length <= stars)
}

interface Neighbours {
  readonly diagonal: boolean | undefined
  readonly above: boolean | undefined
  readonly left: boolean | undefined
}

function canStep(a: string, b: string, { diagonal, above, left }: Neighbours): boolean {
  if (a === '*' && (above === true || left === true)) return true
  if (b === '*' && (above === true || left === true)) return true
  return diagonal === true && (a === b || a === '*' || b === '*')
}
