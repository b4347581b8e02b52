import type { EngineClient } from '../engine/client.js'
import { scanIndex } from '../indexer/scan-index.js'
import { deleteDocuments } from '../indexer/delete-documents.js'
import { readByIds } from './read-shards.js'

const BATCH_DOCUMENTS = 1000

/**
 * Deletes from a copy what its source no longer has, or no longer finds by the query that it was copied by. Deletions
 * leave no trace that could be read, so every id is looked up. Both indices are to have been refreshed.
 *
 * @returns documents deleted
 */
export async function removeDeleted(
  client: EngineClient,
  source: string,
  copy: string,
  query: object | undefined,
): Promise<number> {
  const gone: string[] = []
  for await (const batch of scanIndex(client, copy, {
    query: { match_all: {} },
    batchDocuments: BATCH_DOCUMENTS,
  })) {
    const ids = batch.map(({ id }) => id)
    const there = new Set((await readByIds(client, source, ids, { query, fields: [] })).map(({ id }) => id))
    gone.push(...ids.filter((id) => !there.has(id)))
  }
  const { deleted } = await deleteDocuments(client, { index: copy, selection: { ids: gone } })
  return deleted
}
