import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, numberMember, stringMember } from '../engine/json.js'

/** A document's place and version, without its content. */
export interface ScannedDocument {
  readonly id: string
  /** The index itself, never an alias. */
  readonly index: string
  readonly routing?: string
  /** With `primaryTerm`: a write with these is refused once the document has changed. */
  readonly seqNo: number
  readonly primaryTerm: number
}

export interface ScanOptions {
  /** A query of the engine's own. */
  readonly query: object
  /** Documents of a batch, at most 10,000. */
  readonly batchDocuments: number
}

/** Longest that an engine keeps its place between two batches. */
const KEEP_ALIVE = '5m'

/**
 * All documents that a query finds, as they are at the beginning, however many they are. A scroll, because every engine
 * from Elasticsearch 7 and OpenSearch 1 on has it in one form; it is closed in the end.
 */
export async function* scanIndex(
  client: EngineClient,
  index: string,
  { query, batchDocuments }: ScanOptions,
): AsyncGenerator<readonly ScannedDocument[], void, undefined> {
  let { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: { scroll: KEEP_ALIVE, allow_partial_search_results: false },
    body: { query, size: batchDocuments, sort: ['_doc'], _source: false, seq_no_primary_term: true },
  })
  let scrollId = stringMember(body, '_scroll_id')
  try {
    for (let batch = readBatch(body); batch.length > 0 && scrollId !== undefined; batch = readBatch(body)) {
      yield batch
      const next = { scroll: KEEP_ALIVE, scroll_id: scrollId }
      ;({ body } = await client.request({ method: 'POST', path: '/_search/scroll', body: next }))
      scrollId = stringMember(body, '_scroll_id') ?? scrollId
    }
  } finally {
    if (scrollId !== undefined) {
      const close = { scroll_id: [scrollId] }
      await client.request({ method: 'DELETE', path: '/_search/scroll', body: close })
    }
  }
}

function readBatch(answer: unknown): readonly ScannedDocument[] {
  return arrayMember(answer, 'hits', 'hits').map(toScannedDocument)
}

/** @param hit of a search with `seq_no_primary_term` */
export function toScannedDocument(hit: unknown): ScannedDocument {
  const routing = stringMember(hit, '_routing')
  return {
    id: stringMember(hit, '_id') ?? '',
    index: stringMember(hit, '_index') ?? '',
    ...(routing !== undefined && { routing }),
    seqNo: numberMember(hit, '_seq_no') ?? 0,
    primaryTerm: numberMember(hit, '_primary_term') ?? 0,
  }
}
