/**
 * Compares dotted version numbers; a suffix such as `-SNAPSHOT` counts for nothing.
 *
 * @returns true if `version` is `minimum` or later
 */
export function atLeast(version: string, minimum: string): boolean {
  const wanted = numbersOf(minimum)
  const found = numbersOf(version)
  for (const [index, number] of wanted.entries()) {
    const difference = (found[index] ?? 0) - number
    if (difference !== 0) return difference > 0
  }
  return true
}

function numbersOf(version: string): readonly number[] {
  const [numbers = ''] = version.split(/[-+]/, 1)
  return numbers.split('.').map((part) => Number.parseInt(part, 10) || 0)
}
