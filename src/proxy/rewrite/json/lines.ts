/** Lines of JSON, as `_bulk` and `_msearch` take them. */

/** The lines of a body without their line feeds; a last line without one is a line, too. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Each line with its line feed. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
