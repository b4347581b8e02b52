import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import type { SparseVector } from '../sparse-vector.js'
import { type BeirQuery, type Qrels, readCorpus } from './beir.js'
import { type QueryComparison, type RunComparison, compareRuns } from './compare-runs.js'
import { compareVectors, readableVector, type VectorChanges } from './compare-vectors.js'
import { runOnEngine } from './engine-run.js'
import { type ExactRun, type ExactRunOptions, runWithVectors, textOf } from './exact-run.js'
import { compareUsage, TokenUsageCounter, type UsageChange } from './token-usage.js'

/** A query that changed, with the tokens that changed it. */
export interface ComparedQuery extends QueryComparison {
  /** Tokens that the query has for each model. */
  readonly activeTokens: { readonly a: number; readonly b: number }
  readonly queryTokens: VectorChanges
  /** Documents that were won, lost or moved; not for indices of an engine. */
  readonly documents?: readonly ComparedDocument[]
}

export interface ComparedDocument {
  readonly id: string
  readonly title: string
  /** Of the tokens that the query has with either model: they are what moved the document. */
  readonly tokens: VectorChanges
}

/** What documents look like to two models. */
export interface CorpusComparison {
  readonly documents: number
  /** Mean number of tokens of a document. */
  readonly activeTokens: { readonly a: number; readonly b: number }
  /** Tokens that more documents have with B than with A. */
  readonly more: readonly UsageChange[]
  readonly fewer: readonly UsageChange[]
}

export interface ModelComparison extends Omit<RunComparison, 'byChange'> {
  /** Not for indices of an engine. */
  readonly corpus?: CorpusComparison
  /** The queries that changed most first. */
  readonly changed: readonly ComparedQuery[]
}

export interface ComparisonOptions {
  readonly queries: readonly BeirQuery[]
  /** Default: nothing is judged. */
  readonly qrels?: Qrels
  /** Queries that are told of. Default 5. */
  readonly top?: number
  readonly signal?: AbortSignal
}

export interface ExactComparisonOptions extends ComparisonOptions {
  /** Folder in BEIR layout, whose corpus is searched. */
  readonly dataset: string
  /** Told after each batch how many documents have been encoded, by both models together. */
  readonly onProgress?: (documents: number) => void
}

/** Documents of a ranking: further down a relevant document counts as not found. */
const DEPTH = 100
const DEFAULT_TOP = 5
/** Tokens of each list of changes. */
const TOKENS = 8
/** Documents of a query whose tokens are compared. */
const DOCUMENTS = 4

/** One of two models. */
export interface ComparedModel extends Pick<ExactRunOptions, 'queryEncoder'> {
  readonly encoder: Encoder
}

/** Two models on one corpus, scored exactly in memory: no engine, nothing is written. */
export async function compareModels(
  a: ComparedModel,
  b: ComparedModel,
  options: ExactComparisonOptions,
): Promise<ModelComparison> {
  const { queries, qrels, top = DEFAULT_TOP } = options
  const first = await runCounted(a, options, 0)
  const second = await runCounted(b, options, first.usage.documents)
  const { byChange, ...summary } = compareRuns(queries, first.run.rankings, second.run.rankings, qrels)
  const changed = byChange.slice(0, top)
  const vectors = await encodeShown([a.encoder, b.encoder], options.dataset, changed)
  return {
    ...summary,
    corpus: {
      documents: first.usage.documents,
      activeTokens: { a: first.usage.activeTokens, b: second.usage.activeTokens },
      ...compareUsage(first.usage, second.usage, TOKENS),
    },
    changed: changed.map((query) => {
      const asked = queryVectorsOf(query, [a.encoder, first.run], [b.encoder, second.run])
      const documents = shownDocuments(query).flatMap((id) => vectors.get(id) ?? [])
      return {
        ...query,
        activeTokens: activeTokens(asked),
        queryTokens: compareVectors(...asked, TOKENS),
        documents: documents.map(({ id, title, pair }) => ({
          id,
          title,
          tokens: compareVectors(onlyTokens(pair[0], asked), onlyTokens(pair[1], asked), TOKENS),
        })),
      }
    }),
  }
}

/** An index with the encoder that wrote it. */
export interface ComparedIndex {
  readonly index: string
  readonly encoder: Encoder
}

/** Two indices of one engine, for example before and after `reindex`, asked the same queries. */
export async function compareIndices(
  client: EngineClient,
  a: ComparedIndex,
  b: ComparedIndex,
  { queries, qrels, top = DEFAULT_TOP, signal }: ComparisonOptions,
): Promise<ModelComparison> {
  const runs: ExactRun[] = []
  for (const { index, encoder } of [a, b]) {
    signal?.throwIfAborted()
    const rankings = await runOnEngine(client, encoder, { index, queries, size: DEPTH })
    const encoded = await encoder.encodeQueries(queries.map(({ text }) => text))
    const vectors = queries.flatMap(({ id }, place) => {
      const vector = encoded[place]?.vector
      return vector === undefined ? [] : [[id, vector] as const]
    })
    runs.push({ rankings, queryVectors: new Map(vectors) })
  }
  const [first = NO_RUN, second = NO_RUN] = runs
  const { byChange, ...summary } = compareRuns(queries, first.rankings, second.rankings, qrels)
  return {
    ...summary,
    changed: byChange.slice(0, top).map((query) => {
      const asked = queryVectorsOf(query, [a.encoder, first], [b.encoder, second])
      return { ...query, activeTokens: activeTokens(asked), queryTokens: compareVectors(...asked, TOKENS) }
    }),
  }
}

const NO_RUN: ExactRun = { rankings: new Map(), queryVectors: new Map() }

async function runCounted(
  { encoder, queryEncoder }: ComparedModel,
  { dataset, queries, signal, onProgress }: ExactComparisonOptions,
  before: number,
): Promise<{ readonly run: ExactRun; readonly usage: TokenUsageCounter }> {
  const usage = new TokenUsageCounter()
  const run = await runWithVectors(encoder, {
    dataset,
    queries,
    size: DEPTH,
    ...(queryEncoder && { queryEncoder }),
    ...(signal && { signal }),
    onProgress: (documents) => onProgress?.(before + documents),
    onVector: (vector) => {
      usage.add(readableVector(vector, encoder))
    },
  })
  return { run, usage }
}

/** Of A and of B, tokens as people read them. */
type VectorPair = readonly [a: SparseVector, b: SparseVector]
type Side = readonly [encoder: Encoder, run: ExactRun]

function queryVectorsOf({ id }: QueryComparison, a: Side, b: Side): VectorPair {
  const vectorOf = ([encoder, { queryVectors }]: Side): SparseVector =>
    readableVector(queryVectors.get(id) ?? new Map<string, number>(), encoder)
  return [vectorOf(a), vectorOf(b)]
}

function activeTokens([a, b]: VectorPair): ComparedQuery['activeTokens'] {
  return { a: a.size, b: b.size }
}

function onlyTokens(vector: SparseVector, [a, b]: VectorPair): SparseVector {
  return new Map([...vector].filter(([token]) => a.has(token) || b.has(token)))
}

/** Judged documents first: their ranks are what the figures are made of. */
function shownDocuments({ won, lost, moved }: QueryComparison): readonly string[] {
  const all = [...won, ...lost, ...moved]
  const isRelevant = ({ grade = 0 }: (typeof all)[number]): boolean => grade > 0
  const ordered = [...all.filter(isRelevant), ...all.filter((change) => !isRelevant(change))]
  return ordered.slice(0, DOCUMENTS).map(({ id }) => id)
}

interface EncodedDocument {
  readonly id: string
  readonly title: string
  readonly pair: VectorPair
}

/** Encodes the few documents that are told of once more, rather than keep the vectors of a whole corpus. */
async function encodeShown(
  [a, b]: readonly [a: Encoder, b: Encoder],
  dataset: string,
  changed: readonly QueryComparison[],
): Promise<ReadonlyMap<string, EncodedDocument>> {
  const wanted = new Set(changed.flatMap(shownDocuments))
  const encoded = new Map<string, EncodedDocument>()
  if (wanted.size === 0) return encoded
  for await (const document of readCorpus(dataset)) {
    const { id, title } = document
    if (!wanted.has(id)) continue
    const text = textOf(document)
    const [[before], [after]] = await Promise.all([a.encodeDocuments([text]), b.encodeDocuments([text])])
    if (before === undefined || after === undefined) continue
    encoded.set(id, { id, title, pair: [readableVector(before.vector, a), readableVector(after.vector, b)] })
  }
  return encoded
}
