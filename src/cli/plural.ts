/** A count with its noun: `1 token`, `3 tokens`; the plural is regular unless given. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
