/** Documents that are searchable in an index, counted by the engine itself; 0 for no index. */
export async function countDocuments(url: string, index: string): Promise<number> {
  const refreshed = await fetch(`${url}/${index}/_refresh`, { method: 'POST' })
  if (refreshed.status === 404) return 0
  const response = await fetch(`${url}/${index}/_count`)
  const { count } = (await response.json()) as { readonly count: number }
  return count
}

const LIMIT_MS = 60_000

/** Waits until an index holds at least so many documents; fails after a minute. */
export async function untilDocuments(url: string, index: string, count: number): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  while ((await countDocuments(url, index)) < count) {
    if (Date.now() > deadline) throw new Error(`index ${index} did not get ${count} documents in a minute`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
