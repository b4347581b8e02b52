import { FRAGMENTED, type EncodedChunk, type Encoder, type Encoding } from '../encoder/encoder.js'
import type { TextPart } from '../engine/encoded-text.js'
import { toSparseVector, type SparseVector } from '../sparse-vector.js'
import type { EncodedEvent, LongTextCounts } from './events.js'
import type { DocumentRecord } from './record.js'

/** One vector field of a document, encoded. */
export interface EncodedField {
  readonly field: string
  readonly encoding: Encoding
}

/** A document with a vector for each field that it has text for. */
export interface EncodedRecord<Document extends DocumentRecord = DocumentRecord> {
  readonly record: Document
  readonly fields: readonly EncodedField[]
}

/** What is known of a text beside its vector. */
export type EncodingSummary = Omit<Encoding, 'vector' | 'chunks'>

/** Encodes all texts of all records at once, so that the encoder can batch them. */
export async function encodeRecords<Document extends DocumentRecord>(
  encoder: Encoder,
  records: readonly Document[],
): Promise<readonly EncodedRecord<Document>[]> {
  const parts = records.flatMap(({ texts }) => texts.flatMap((text) => text.parts))
  const texts = parts.map(({ text }) => text)
  const encodings = (texts.length === 0 ? [] : await encoder.encodeDocuments(texts)).values()
  return records.map((record) => ({
    record,
    fields: record.texts
      .filter((text) => text.parts.length > 0)
      .map((text) => {
        const encoded = text.parts.map((part) => ({ part, encoding: nextOf(encodings) }))
        return { field: text.field, encoding: mergeParts(encoded) }
      }),
  }))
}

interface EncodedPart {
  readonly part: TextPart
  readonly encoding: Encoding
}

/**
 * One vector of several parts: of each token the largest of its weights, each times the weight of its part, as the
 * model itself takes the largest over the places of a text. A part that is twice as heavy so counts twice where it has
 * a token that others lack or have less of, and a token that all have is not counted several times. Chunks stay apart,
 * each in its place of the joined text.
 */
function mergeParts(parts: readonly EncodedPart[]): Encoding {
  const [first] = parts
  if (first !== undefined && parts.length === 1 && first.part.weight === 1) return first.encoding
  const chunks = chunksOf(parts)
  return {
    vector: largestOf(parts.map(({ part, encoding }) => scale(encoding.vector, part.weight))),
    ...summarize(parts.map(({ encoding }) => encoding)),
    ...(chunks !== undefined && { chunks }),
  }
}

/** What is known of several texts together; a part that is read at once adds no chunk. */
export function summarize(encodings: readonly Encoding[]): EncodingSummary {
  const sumOf = (value: (encoding: Encoding) => number): number =>
    encodings.reduce((sum, encoding) => sum + value(encoding), 0)
  const tokenCount = sumOf((encoding) => encoding.tokenCount)
  const fragments = sumOf((encoding) => encoding.fragmentation * encoding.tokenCount)
  return {
    tokenCount,
    truncated: encodings.some(({ truncated }) => truncated),
    chunkCount: 1 + sumOf(({ chunkCount }) => Math.max(0, chunkCount - 1)),
    fragmentation: tokenCount > 0 ? fragments / tokenCount : 0,
  }
}

/** How many of these documents were longer than the model reads at once. */
function countLong(encodings: readonly EncodingSummary[]): LongTextCounts {
  const chunked = encodings.filter(({ chunkCount }) => chunkCount > 1)
  return {
    chunked: chunked.length,
    chunks: chunked.reduce((sum, { chunkCount }) => sum + chunkCount, 0),
    truncated: encodings.filter(({ truncated }) => truncated).length,
  }
}

/** What is told of a batch that has been encoded. */
export function toEncodedEvent(encoded: readonly EncodedRecord[]): EncodedEvent {
  const encodings = encoded.map(({ fields }) => summarize(fields.map(({ encoding }) => encoding)))
  return {
    type: 'encoded',
    documents: encodings.length,
    ...countLong(encodings),
    fragmented: encodings.filter(({ fragmentation }) => fragmentation > FRAGMENTED).length,
    tokenCounts: encodings.map(({ tokenCount }) => tokenCount),
    activeTokens: encoded.map(({ fields }) =>
      fields.reduce((sum, { encoding }) => sum + encoding.vector.size, 0),
    ),
  }
}

/** Chunks of all parts, in their places of the joined text; undefined where the encoder keeps none. */
function chunksOf(parts: readonly EncodedPart[]): readonly EncodedChunk[] | undefined {
  const all: EncodedChunk[] = []
  let start = 0
  for (const { part, encoding } of parts) {
    if (encoding.chunks === undefined) return undefined
    for (const { span, vector } of encoding.chunks) {
      all.push({ span: [start + span[0], start + span[1]], vector: scale(vector, part.weight) })
    }
    // Parts are joined by a space.
    start += part.text.length + 1
  }
  return all
}

function scale(vector: SparseVector, factor: number): SparseVector {
  if (factor === 1) return vector
  return new Map(Array.from(vector, ([token, weight]) => [token, weight * factor]))
}

function largestOf(vectors: readonly SparseVector[]): SparseVector {
  const largest = new Map<string, number>()
  for (const vector of vectors) {
    for (const [token, weight] of vector) largest.set(token, Math.max(weight, largest.get(token) ?? 0))
  }
  return toSparseVector(largest)
}

function nextOf(encodings: Iterator<Encoding>): Encoding {
  const next = encodings.next()
  if (next.done === true) throw new RangeError('the encoder gave fewer encodings than it was given texts')
  return next.value
}
