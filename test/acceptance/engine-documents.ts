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

interface Hit {
  readonly _id: string
  readonly _source: { readonly splade_meta: object } & Readonly<Record<string, unknown>>
}

interface Page {
  readonly _scroll_id: string
  readonly hits: { readonly hits: readonly Hit[] }
}

/** Every document of an index by its id, as JSON without the time of its encoding; fails if an id comes twice. */
export async function storedDocuments(url: string, index: string): Promise<ReadonlyMap<string, string>> {
  await fetch(`${url}/${index}/_refresh`, { method: 'POST' })
  const documents = new Map<string, string>()
  const search = { size: 5_000, query: { match_all: {} } }
  let page = await post(`${url}/${index}/_search?scroll=1m`, search)
  while (page.hits.hits.length > 0) {
    for (const { _id: id, _source: source } of page.hits.hits) {
      if (documents.has(id)) throw new Error(`document ${id} of index ${index} is there twice`)
      const side = { ...source.splade_meta, encoded_at: undefined }
      documents.set(id, JSON.stringify({ ...source, splade_meta: side }))
    }
    page = await post(`${url}/_search/scroll`, { scroll: '1m', scroll_id: page._scroll_id })
  }
  return documents
}

async function post(url: string, body: object): Promise<Page> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Page
}
