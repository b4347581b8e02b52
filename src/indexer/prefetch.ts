/** Results that wait between two stages of a run: enough to overlap them, few enough to bound memory. */
export const STAGE_DEPTH = 2

/**
 * Runs a stage ahead of its reader, by at most `depth` results, so that neighbouring stages overlap and memory
 * stays bounded. Order and errors are those of the source; a reader that stops early closes the source.
 *
 * @param depth finished results that may wait, an integer >= 1
 */
export async function* prefetch<Item>(
  source: AsyncIterable<Item>,
  depth: number,
): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const waiting: Promise<IteratorResult<Item, unknown>>[] = []
  const request = (): void => {
    const next = iterator.next()
    // Its error is thrown where the result is read; until then it must not count as unhandled.
    next.catch(() => undefined)
    waiting.push(next)
  }
  try {
    while (waiting.length < depth) request()
    for (let result = await waiting.shift(); result?.done === false; result = await waiting.shift()) {
      request()
      yield result.value
    }
  } finally {
    await iterator.return?.()
  }
}

/** Waits for the first item, or the end: what a source does before it is done then. */
export async function begun<Item>(source: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  return resumed(first, iterator)
}

async function* resumed<Item>(
  first: IteratorResult<Item, unknown>,
  iterator: AsyncIterator<Item>,
): AsyncGenerator<Item, void, undefined> {
  try {
    for (let result = first; result.done !== true; result = await iterator.next()) yield result.value
  } finally {
    await iterator.return?.()
  }
}

/** Applies an asynchronous stage to each item, one at a time and in order. */
export async function* mapStage<From, To>(
  source: AsyncIterable<From>,
  stage: (item: From) => Promise<To>,
): AsyncGenerator<To, void, undefined> {
  for await (const item of source) yield await stage(item)
}

/**
 * Applies an asynchronous stage to up to `depth` items at a time; the results come in order.
 *
 * @param depth stages that may run at a time, an integer >= 1
 */
export async function* mapAhead<From, To>(
  source: AsyncIterable<From>,
  depth: number,
  stage: (item: From) => Promise<To>,
): AsyncGenerator<To, void, undefined> {
  const running: Promise<To>[] = []
  for await (const item of source) {
    const result = stage(item)
    // Its error is thrown where the result is read; until then it must not count as unhandled.
    result.catch(() => undefined)
    running.push(result)
    if (running.length < depth) continue
    const [first] = running.splice(0, 1)
    if (first !== undefined) yield await first
  }
  for (const result of running) yield await result
}

/** Cuts a sequence into lists of `size`; the last may be shorter. */
export async function* inBatches<Item>(
  source: AsyncIterable<Item>,
  size: number,
): AsyncGenerator<readonly Item[], void, undefined> {
  let batch: Item[] = []
  for await (const item of source) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
