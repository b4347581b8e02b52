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
  records: readonly ComparedRecord[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set()
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_mget'),
    query: { _source_includes: COMPARED_FIELDS },
    body: { docs: records.map(toMultiGetItem) },
  })
  const docs = arrayMember(body, 'docs')
  const unchanged = records.filter((record, position) => isSameContent(docs[position], record, fingerprint))
  return new Set(unchanged.map(targetKey))
}

/** Fields of a stored document that {@link isSameContent} compares. */
export const COMPARED_FIELDS = `${SIDE_FIELD}.fingerprint,${SIDE_FIELD}.content_hash`

/** What is written, as far as it is compared with what is stored. */
export type ComparedRecord = BulkTarget & Pick<DocumentRecord, 'contentHash'>

/** True if a document of an `_mget` answer has the same content, encoded by the same model. */
export function isSameContent(
  answer: unknown,
  { contentHash }: ComparedRecord,
  fingerprint: string,
): boolean {
  const side = (name: string) => stringMember(answer, '_source', SIDE_FIELD, name)
  return side('content_hash') === contentHash && side('fingerprint') === fingerprint
}

/** A document as `_mget` names it. */
export function toMultiGetItem({ id, index, routing }: BulkTarget): object {
  return { _id: id, ...(index && { _index: index }), ...(routing && { routing }) }
}
