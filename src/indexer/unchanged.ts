import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { arrayMember, stringMember } from '../engine/json.js'
import { type BulkTarget, targetKey } from './bulk.js'
import type { DocumentRecord } from './record.js'

/**
 * Which of these documents the index already has, with the same content and encoded by the same model. Only
 * the side fields travel back.
 *
 * @returns keys of the documents, as `targetKey` gives them
 */
export async function findUnchanged(
  client: EngineClient,
  index: string,
  fingerprint: string,
  records: readonly (BulkTarget & Pick<DocumentRecord, 'contentHash'>)[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set()
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_mget'),
    query: { _source_includes: `${SIDE_FIELD}.fingerprint,${SIDE_FIELD}.content_hash` },
    body: { docs: records.map(toMultiGetItem) },
  })
  const docs = arrayMember(body, 'docs')
  const unchanged = records.filter(({ contentHash }, position) => {
    const side = (name: string) => stringMember(docs[position], '_source', SIDE_FIELD, name)
    return side('content_hash') === contentHash && side('fingerprint') === fingerprint
  })
  return new Set(unchanged.map(targetKey))
}

function toMultiGetItem({ id, index, routing }: BulkTarget): object {
  return { _id: id, ...(index && { _index: index }), ...(routing && { routing }) }
}
