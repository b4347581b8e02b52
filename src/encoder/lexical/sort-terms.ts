/** Terms beyond it are compared one by one; the places of all of them together with the prefixes fit into a double. */
const MAX_TERMS = 2 ** 21

/** Terms with one prefix that are sorted by comparing, which takes time in the square of their number. */
const MAX_COMPARED = 16

let keys = new Float64Array(256)

/**
 * Terms in the order of their UTF-16 code units, as `sort()` has them, several times as fast: numbers made of the
 * first two units are sorted, without calling a function for each comparison, then those that begin alike.
 *
 * @param terms each once
 */
export function sortTerms(terms: readonly string[]): readonly string[] {
  const size = terms.length
  if (size > MAX_TERMS) return [...terms].sort()
  if (keys.length < size) keys = new Float64Array(2 * size)
  for (let place = 0; place < size; place++) keys[place] = prefixOf(terms[place] ?? '') * MAX_TERMS + place
  const sorted: string[] = []
  let startOfPrefix = 0
  let last = -1
  for (const key of keys.subarray(0, size).sort()) {
    const prefix = Math.floor(key / MAX_TERMS)
    if (prefix !== last) {
      sortFrom(sorted, startOfPrefix)
      startOfPrefix = sorted.length
      last = prefix
    }
    sorted.push(terms[key % MAX_TERMS] ?? '')
  }
  sortFrom(sorted, startOfPrefix)
  return sorted
}

/** The first two code units; a term of one unit comes before those that begin with it. */
function prefixOf(term: string): number {
  const second = term.length > 1 ? term.charCodeAt(1) : 0
  return term.charCodeAt(0) * 0x10000 + second
}

/** Sorts the rest of a list, which is short but for hostile texts. */
function sortFrom(terms: string[], start: number): void {
  if (terms.length - start > MAX_COMPARED) {
    terms.push(...terms.splice(start).sort())
    return
  }
  for (let end = start + 1; end < terms.length; end++) {
    const term = terms[end] ?? ''
    let place = end
    for (; place > start && (terms[place - 1] ?? '') > term; place--) terms[place] = terms[place - 1] ?? ''
    terms[place] = term
  }
}
