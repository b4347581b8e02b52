import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { engineReason } from '../engine/failure.js'
import { arrayMember, member, stringMember } from '../engine/json.js'
import { EngineError } from '../errors.js'
import { type BulkTarget, targetKey } from './bulk.js'
import type { DocumentRecord } from './record.js'

/** What an index has under the id of a document that is to be written. */
export interface StoredInIndex {
  /** With the same content, encoded by the same model. */
  readonly isSame: boolean
}

/**
 * Which of these documents an index already has. Only the side fields travel back.
 *
 * @returns by the documents' keys, as `targetKey` gives them; left out is what the engine says is not there, and nothing
 *   else: where it can never tell, as for an alias over several indices, a document is taken for one that is there otherwise
 * @throws EngineError, to be tried again, where it cannot tell for now
 */
export async function findInIndex(
  client: EngineClient,
  index: string,
  fingerprint: string,
  records: readonly ComparedRecord[],
): Promise<ReadonlyMap<string, StoredInIndex>> {
  if (records.length === 0) return new Map()
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_mget'),
    query: { _source_includes: COMPARED_FIELDS },
    body: { docs: records.map(toMultiGetItem) },
  })
  const docs = arrayMember(body, 'docs')
  return new Map(
    records.flatMap((record, position) => {
      const answer = docs[position]
      if (isMissing(answer)) return []
      if (isForNow(answer)) throw cannotTell(record.index ?? index, answer)
      return [[targetKey(record), { isSame: isSameContent(answer, record, fingerprint) }] as const]
    }),
  )
}

function isMissing(answer: unknown): boolean {
  const isIndexMissing = stringMember(answer, 'error', 'type') === 'index_not_found_exception'
  return isIndexMissing || member(answer, 'found') === false
}

/** Errors of one document of an `_mget` whose shard moves, starts, or has lost its node. */
const FOR_NOW =
  /no_shard_available|node_closed|node_(dis|not_)connected|shard_not_found|illegal_index_shard_state|rejected_execution|circuit_breaking/

function isForNow(answer: unknown): boolean {
  return member(answer, 'error') !== undefined && FOR_NOW.test(engineReason(answer))
}

/** The failure of a lookup that is worth repeating. */
export function cannotTell(index: string, answer: unknown): EngineError {
  const reason = `index "${index}" cannot say whether it has a document: ${engineReason(answer)}`
  return new EngineError(reason, UNAVAILABLE)
}

/** HTTP status of what may be asked again later. */
const UNAVAILABLE = 503

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
