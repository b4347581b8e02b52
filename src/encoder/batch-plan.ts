/**
 * Groups texts of equal length, so that nothing is padded: no position is computed in vain, and the graph
 * needs no attention mask, without which attention takes memory in proportion to the length.
 *
 * @param lengths token counts of the texts, each >= 1
 * @param maxBatchTokens most tokens of one batch; a longer text is a batch of its own
 * @returns indices into `lengths`, batch by batch, longest texts first (memory peaks at the start, not at the end)
 */
export function planBatches(
  lengths: readonly number[],
  maxBatchTokens: number,
): readonly (readonly number[])[] {
  const byLength = new Map<number, number[]>()
  lengths.forEach((length, index) => {
    const group = byLength.get(length)
    if (group === undefined) byLength.set(length, [index])
    else group.push(index)
  })
  return [...byLength]
    .sort(([a], [b]) => b - a)
    .flatMap(([length, indices]) => split(indices, Math.max(1, Math.floor(maxBatchTokens / length))))
}

function split(indices: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(indices.length / size) }, (_, batch) =>
    indices.slice(batch * size, (batch + 1) * size),
  )
}
