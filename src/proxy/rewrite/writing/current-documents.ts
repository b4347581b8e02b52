import type { JsonSource } from '../json/json-source.js'
import { itemsOf, memberOf, numberOf } from '../json/read-node.js'
import { readAnswer } from '../json/splice-items.js'
import { refusalOf } from '../upstream/engine-refusal.js'
import { jsonHeaders } from '../upstream/upstream-client.js'
import type { RequestLookups } from '../lookups.js'
import { readJson } from '../rewrite-body.js'

/** Which document is read. */
export interface DocumentAddress {
  /** Name of an index or alias. */
  readonly index: string
  readonly id: string
  readonly routing?: string
}

/** A document as the index has it now. */
export interface CurrentDocument {
  readonly source: JsonSource
  /** What a write says so that it fails if somebody else wrote in between. */
  readonly seqNo: number
  readonly primaryTerm: number
}

/**
 * Reads documents with the caller's credentials.
 *
 * @returns one an address, in order; undefined for one that is not there, or keeps no source
 * @throws RefusedRequest with the status of an engine that does not tell, so that a client repeats what is worth it
 */
export async function readCurrent(
  addresses: readonly DocumentAddress[],
  { context }: RequestLookups,
): Promise<readonly (CurrentDocument | undefined)[]> {
  if (addresses.length === 0) return []
  const docs = addresses.map(({ index, id, routing }) => ({
    _index: index,
    _id: id,
    ...(routing && { routing }),
  }))
  const answer = await context.ask({
    method: 'POST',
    target: '/_mget',
    headers: jsonHeaders(),
    body: Buffer.from(JSON.stringify({ docs })),
  })
  const json = readAnswer(answer)
  const found = itemsOf(memberOf(json?.root, 'docs'))
  if (json === undefined || found.length !== addresses.length)
    throw refusalOf(answer, `the documents to update could not be read: _mget answered ${answer.status}: `)
  return found.map((document) => {
    const source = memberOf(document, '_source')
    const seqNo = numberOf(memberOf(document, '_seq_no'))
    const primaryTerm = numberOf(memberOf(document, '_primary_term'))
    const parsed = source && readJson(json.text.slice(source.start, source.end))
    if (parsed === undefined || seqNo === undefined || primaryTerm === undefined) return undefined
    return { source: parsed, seqNo, primaryTerm }
  })
}
