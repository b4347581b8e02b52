import stringWidth from 'string-width'

/**
 * Lines up columns by what they take on a screen: a Hangul syllable is two cells wide, a colour code none.
 *
 * @param rows cells; shorter rows are filled with empty ones
 * @param rightAligned indices of columns with numbers
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))))
  }
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, rightAligned.includes(column)))
      .join('  ')
      .trimEnd(),
  )
}

function pad(cell: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - stringWidth(cell)))
  return right ? fill + cell : cell + fill
}
