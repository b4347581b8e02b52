import type { Encoder } from '../../../encoder/encoder.js'
import { ensureSameLongTexts } from '../../../engine/index-long-texts.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import { SIDE_FIELD } from '../../../engine/index-setup.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { type JsonObject, member, stringMember } from '../../../engine/json.js'
import { fieldValue, hasField, withoutField } from '../../../engine/field-path.js'
import { textFieldNames } from '../../../engine/text-rule.js'
import { EngineError, FeatureError, InputError } from '../../../errors.js'
import { toDocumentSource } from '../../../indexer/document-source.js'
import { encodeRecords, type EncodedRecord, toEncodedEvent } from '../../../indexer/encode-records.js'
import { type DocumentRecord, isWithoutText, toRecord } from '../../../indexer/record.js'
import { inStep, type ObservedRequest } from '../../../telemetry/request-observer.js'
import { RefusedRequest } from '../../rewriter.js'
import type { JsonSource } from '../json/json-source.js'
import { valueOf } from '../json/read-node.js'
import { SourceEdits } from '../json/source-edits.js'
import { badRequest } from '../refuse.js'
import { readJson } from '../rewrite-body.js'
import { setFields } from './set-fields.js'

/** A document on its way to an index of ours. */
export interface SourceToEncode {
  /** JSON as the client sent it. */
  readonly text: string
  /** Absent where the engine is to choose one. */
  readonly id?: string
  /** As the client named it. */
  readonly index: string
  readonly meta: IndexMeta
  readonly encoder: Encoder
}

/** JSON to store in place of what the client sent, itself where nothing is to encode, or why it cannot be stored. */
export type EncodedSource = string | RefusedRequest

interface Prepared {
  readonly source: SourceToEncode
  readonly json: JsonSource
  readonly record: DocumentRecord
}

/** Documents at the start of a batch that have to fail before the rest is not tried. */
const ENOUGH_FAILURES = 3
/** Documents encoded at a time: enough for full batches, few enough to bound memory. */
const BATCH = 64

/**
 * Adds vectors and side fields to documents; every other byte stays. Documents of concurrent requests share batches in
 * the encoder.
 *
 * @param observed told of the time that it takes, and of the documents that got vectors
 * @returns one result a document, in order
 */
export async function encodeSources(
  sources: readonly SourceToEncode[],
  observed?: ObservedRequest,
): Promise<readonly EncodedSource[]> {
  const results: EncodedSource[] = []
  for (let start = 0; start < sources.length; start += BATCH) {
    const batch = sources.slice(start, start + BATCH)
    results.push(...(await inStep(observed, { kind: 'encode' }, () => encodeBatch(batch, observed))))
  }
  return results
}

async function encodeBatch(
  sources: readonly SourceToEncode[],
  observed: ObservedRequest | undefined,
): Promise<readonly EncodedSource[]> {
  const prepared = sources.map(prepare)
  const work = prepared.filter((one) => typeof one === 'object' && 'record' in one)
  const encoded = new Map<Prepared, EncodedRecord | RefusedRequest>()
  for (const encoder of new Set(work.map(({ source }) => source.encoder))) {
    const own = work.filter(({ source }) => source.encoder === encoder)
    const results = await encodeEach(encoder, own)
    own.forEach((one, place) => encoded.set(one, results[place] ?? badRequest('the encoder gave no vector')))
  }
  if (observed !== undefined) tellOfDocuments(encoded, observed)
  const encodedAt = new Date()
  return prepared.map((one) => {
    if (typeof one === 'string' || one instanceof RefusedRequest) return one
    const result = encoded.get(one)
    return result === undefined || result instanceof RefusedRequest
      ? (result ?? one.source.text)
      : withVectors(one, result, encodedAt)
  })
}

function tellOfDocuments(
  encoded: ReadonlyMap<Prepared, EncodedRecord | RefusedRequest>,
  observed: ObservedRequest,
): void {
  const ofIndex = new Map<string, { readonly model: string; readonly records: EncodedRecord[] }>()
  for (const [{ source }, result] of encoded) {
    if (result instanceof RefusedRequest) continue
    const { index, encoder } = source
    const known = ofIndex.get(index) ?? { model: encoder.identity.name, records: [] }
    known.records.push(result)
    ofIndex.set(index, known)
  }
  for (const [index, { model, records }] of ofIndex)
    observed.documents({ index, model, ...toEncodedEvent(records) })
}

/** @returns the text where there is nothing to encode */
function prepare(source: SourceToEncode): Prepared | string | RefusedRequest {
  const { text, id, meta, encoder } = source
  const json = readJson(text)
  // What is no JSON object the engine refuses in its own words.
  if (json?.root.kind !== 'object') return text
  const value = valueOf(json.root) as JsonObject
  try {
    ensureSameLongTexts(showId(id), meta.longTexts, encoder.longTexts)
    const record = toDocumentRecord(withoutOwn(value, meta), source)
    if (record === undefined || isWithoutText(record) || isEncoded(value, record, source)) return text
    return { source, json, record }
  } catch (error) {
    if (error instanceof InputError || error instanceof EngineError) return badRequest(error.message)
    throw error
  }
}

/** @returns undefined for a document without any of the fields that are encoded */
function toDocumentRecord(
  value: JsonObject,
  { id, meta, encoder }: SourceToEncode,
): DocumentRecord | undefined {
  const fields = sparseFields(meta)
  const names = fields.flatMap(textFieldNames)
  if (!names.some((name) => hasField(value, name))) return undefined
  const encodingSettings = encoder.longTexts ?? {}
  return toRecord(
    { value, origin: { file: showId(id) }, target: { action: 'index', id: id ?? '' } },
    { fields, encodingSettings },
  )
}

/** A document as its client means it: one that was read, changed and written back still has its old vectors. */
function withoutOwn(value: JsonObject, meta: IndexMeta): JsonObject {
  return [...sparseFields(meta).map(({ field }) => field), SIDE_FIELD].reduce(withoutField, value)
}

/** True for a document that comes with vectors of its very content, for example from `splade-bridge index`. */
function isEncoded(
  value: JsonObject,
  { contentHash, texts }: DocumentRecord,
  { encoder }: SourceToEncode,
): boolean {
  const side = member(value, SIDE_FIELD)
  const isCurrent =
    stringMember(side, 'content_hash') === contentHash &&
    stringMember(side, 'fingerprint') === encoder.identity.fingerprint
  return isCurrent && texts.every(({ field, parts }) => parts.length === 0 || hasField(value, field))
}

/** One that cannot be encoded is refused alone: a batch fails as a whole, so its documents are tried one by one. */
async function encodeEach(
  encoder: Encoder,
  work: readonly Prepared[],
): Promise<readonly (EncodedRecord | RefusedRequest)[]> {
  const whole = await tryEncode(encoder, work)
  if (!(whole instanceof RefusedRequest)) return whole
  const results: (EncodedRecord | RefusedRequest)[] = []
  for (const one of work) {
    // Several in a row: it is the encoder that fails, and not the documents.
    if (results.length >= ENOUGH_FAILURES && results.every((result) => result instanceof RefusedRequest)) {
      results.push(whole)
      continue
    }
    const result = work.length > 1 ? await tryEncode(encoder, [one]) : whole
    results.push(...(result instanceof RefusedRequest ? [result] : result))
  }
  return results
}

/** @returns a refusal that clients repeat later: a document lost for a passing failure would be the greater harm */
async function tryEncode(
  encoder: Encoder,
  work: readonly Prepared[],
): Promise<readonly EncodedRecord[] | RefusedRequest> {
  try {
    return await encodeRecords(
      encoder,
      work.map(({ record }) => record),
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const names = work.length === 1 ? showId(work[0]?.source.id) : `${work.length} documents`
    return new RefusedRequest(
      429,
      'es_rejected_execution_exception',
      `${names} could not be encoded: ${reason}`,
      {
        cause: error,
      },
    )
  }
}

function withVectors(
  { source, json, record }: Prepared,
  encoded: EncodedRecord,
  encodedAt: Date,
): EncodedSource {
  try {
    const stored = toDocumentSource(encoded, { encoder: source.encoder.identity, encodedAt })
    return addMembers(json, memberTexts(stored, record, source))
  } catch (error) {
    if (error instanceof FeatureError)
      return badRequest(`${showId(source.id)}: ${error.message}`, { cause: error })
    throw error
  }
}

/** What is stored beside the client's own members. */
function memberTexts(
  stored: JsonObject,
  { texts }: DocumentRecord,
  { id }: SourceToEncode,
): ReadonlyMap<string, string> {
  const added = new Map(
    texts.flatMap(({ field }) => {
      const vector = fieldValue(stored, field)
      return vector === undefined ? [] : [[field, JSON.stringify(vector)]]
    }),
  )
  const side = member(stored, SIDE_FIELD) as JsonObject
  // A document without an id of its own comes last among equal scores.
  const known =
    id === undefined ? Object.entries(side).filter(([name]) => name !== 'id') : Object.entries(side)
  return added.set(SIDE_FIELD, JSON.stringify(Object.fromEntries(known)))
}

function addMembers({ text, root }: JsonSource, members: ReadonlyMap<string, string>): string {
  const edits = new SourceEdits(text)
  if (root.kind === 'object') setFields(edits, root, members)
  return edits.render()
}

function showId(id: string | undefined): string {
  return id === undefined ? 'document without id' : `document "${id}"`
}
