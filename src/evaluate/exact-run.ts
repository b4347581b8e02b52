import { withCorpusRarity } from '../encoder/corpus-rarity.js'
import type { Encoder, Encoding } from '../encoder/encoder.js'
import type { CorpusStatistics } from '../encoder/lexical/corpus-statistics.js'
import type { SparseVector } from '../sparse-vector.js'
import { type BeirDocument, type BeirQuery, readCorpus } from './beir.js'
import type { Run } from './engine-run.js'
import { ExactScorer } from './exact-scorer.js'

export interface ExactRunOptions {
  /** Folder in BEIR layout, whose corpus is searched. */
  readonly dataset: string
  readonly queries: readonly BeirQuery[]
  /** Documents ranked for each query, at most. */
  readonly size: number
  readonly signal?: AbortSignal
  /** Told after each batch how many documents have been encoded. */
  readonly onProgress?: (documents: number) => void
  /** Given each document's vector; of several chunks, the largest weight of each token. */
  readonly onVector?: (vector: SparseVector) => void
  /** What encodes the queries, with counts of this corpus. Default: the encoder, by `withCorpusRarity`. */
  readonly queryEncoder?: (statistics: CorpusStatistics) => Encoder
}

/** Rankings, and the queries that made them. */
export interface ExactRun {
  readonly rankings: Run
  /** By query id. */
  readonly queryVectors: ReadonlyMap<string, SparseVector>
}

const ENCODE_BATCH = 64

/**
 * Encodes a corpus and scores it without an engine: what the engine's figures, or another model's, are held against.
 *
 * @returns rankings by query id
 */
export async function runExactly(encoder: Encoder, options: ExactRunOptions): Promise<Run> {
  return (await runWithVectors(encoder, options)).rankings
}

/** The same, with the query vectors beside the rankings. */
export async function runWithVectors(encoder: Encoder, options: ExactRunOptions): Promise<ExactRun> {
  const { queries, size } = options
  const scorer = await scoreCorpus(encoder, options)
  const statistics = { read: (tokens: readonly string[]) => Promise.resolve(scorer.count(tokens)) }
  const following = options.queryEncoder?.(statistics) ?? withCorpusRarity(encoder, statistics)
  const encoded = await following.encodeQueries(queries.map(({ text }) => text))
  const queryVectors = new Map(
    queries.map(({ id }, position) => [id, encoded[position]?.vector ?? new Map<string, number>()]),
  )
  const rankings = new Map(Array.from(queryVectors, ([id, vector]) => [id, scorer.rank(vector, size)]))
  return { rankings, queryVectors }
}

/** What is encoded of a document. */
export function textOf({ title, text }: BeirDocument): string {
  return [title, text].filter((part) => part !== '').join(' ')
}

async function scoreCorpus(
  encoder: Encoder,
  { dataset, signal, onProgress, onVector }: ExactRunOptions,
): Promise<ExactScorer> {
  const scorer = new ExactScorer()
  let batch: BeirDocument[] = []
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted()
    const encodings = await encoder.encodeDocuments(batch.map(textOf))
    batch.forEach(({ id }, position) => {
      const encoding = encodings[position]
      scorer.add(id, ...vectorsOf(encoding))
      if (encoding !== undefined) onVector?.(encoding.vector)
    })
    batch = []
    onProgress?.(scorer.documentCount)
  }
  for await (const document of readCorpus(dataset)) {
    batch.push(document)
    if (batch.length === ENCODE_BATCH) await flush()
  }
  await flush()
  return scorer
}

/** What the engine stores of a document: one vector, or one a chunk. */
function vectorsOf(encoding: Encoding | undefined): readonly SparseVector[] {
  if (encoding === undefined) return []
  return encoding.chunks?.map(({ vector }) => vector) ?? [encoding.vector]
}
