import { withCorpusRarity } from '../encoder/corpus-rarity.js'
import type { Encoder, Encoding } from '../encoder/encoder.js'
import type { SparseVector } from '../sparse-vector.js'
import { type BeirQuery, readCorpus } from './beir.js'
import { ExactScorer, type RankedDocument } from './exact-scorer.js'

export interface ExactRunOptions {
  /** Folder in BEIR layout, whose corpus is searched. */
  readonly dataset: string
  readonly queries: readonly BeirQuery[]
  /** Documents ranked for each query, at most. */
  readonly size: number
  readonly signal?: AbortSignal
  /** Told after each batch how many documents have been encoded. */
  readonly onProgress?: (documents: number) => void
}

const ENCODE_BATCH = 64

/**
 * Encodes a corpus and scores it without an engine: what the engine's figures, or another model's, are held against.
 *
 * @returns rankings by query id
 */
export async function runExactly(
  encoder: Encoder,
  { dataset, queries, size, signal, onProgress }: ExactRunOptions,
): Promise<ReadonlyMap<string, readonly RankedDocument[]>> {
  const scorer = new ExactScorer()
  let batch: { id: string; text: string }[] = []
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted()
    const encodings = await encoder.encodeDocuments(batch.map(({ text }) => text))
    batch.forEach(({ id }, position) => {
      scorer.add(id, ...vectorsOf(encodings[position]))
    })
    batch = []
    onProgress?.(scorer.documentCount)
  }
  for await (const { id, title, text } of readCorpus(dataset)) {
    batch.push({ id, text: [title, text].filter((part) => part !== '').join(' ') })
    if (batch.length === ENCODE_BATCH) await flush()
  }
  await flush()
  const following = withCorpusRarity(encoder, { read: (tokens) => Promise.resolve(scorer.count(tokens)) })
  const encoded = await following.encodeQueries(queries.map(({ text }) => text))
  return new Map(
    queries.map(({ id }, position) => [
      id,
      scorer.rank(encoded[position]?.vector ?? new Map<string, number>(), size),
    ]),
  )
}

/** What the engine stores of a document: one vector, or one a chunk. */
function vectorsOf(encoding: Encoding | undefined): readonly SparseVector[] {
  if (encoding === undefined) return []
  return encoding.chunks?.map(({ vector }) => vector) ?? [encoding.vector]
}
