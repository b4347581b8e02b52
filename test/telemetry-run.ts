import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IngestTelemetry } from '../src/cli/ingest-telemetry.js'
import { toQueryEvent } from '../src/cli/query-telemetry.js'
import { loadEncoder } from '../src/encoder/load.js'
import type { EngineClient } from '../src/engine/client.js'
import { createIndex } from '../src/engine/index-setup.js'
import { indexDocuments } from '../src/indexer/index-documents.js'
import { fileInput } from '../src/indexer/readers/input.js'
import { loadModel } from '../src/model/load-model.js'
import { openSearcher } from '../src/search/search.js'
import { createEngineSink } from '../src/telemetry/engine-sink.js'
import { DATASETS, streamName } from '../src/telemetry/streams.js'
import { deleteIndices } from './engines.js'
import type { TelemetryEvent } from '../src/telemetry/events.js'
import { INGEST_EVENT, PROXY_EVENT, QUALITY_EVENT, WRITE_EVENT } from './telemetry-events.js'
import { type LedgerEntry, toLedger } from './telemetry-ledger.js'

const EXAMPLES = join(import.meta.dirname, '../examples')
/** Adds related words to queries, as models do that learn. */
const MODEL = join(import.meta.dirname, '../models/ko-en-mini')

/** What a run of searches did, counted apart from telemetry. */
export interface CountedRun {
  readonly searches: number
  readonly foundNothing: number
  /** Token -> searches that had it. */
  readonly tokenUses: ReadonlyMap<string, number>
  readonly documents: number
  /** Every event, in the fields that panels ask for. */
  readonly ledger: readonly LedgerEntry[]
}

export interface TelemetryRun {
  readonly index: string
  readonly namespace: string
  readonly searches: number
}

/** Hours before now over which the events of a run are spread. */
const HOURS = 6

/**
 * Real telemetry: a load of the Korean examples and as many real searches as asked for, one in ten of which finds
 * nothing; evaluations, requests of a proxy and a load with a refused document beside them are made up.
 */
export async function runWithTelemetry(client: EngineClient, run: TelemetryRun): Promise<CountedRun> {
  const start = Date.now() - HOURS * 3_600_000
  let now = start
  const service = { name: 'splade-bridge', version: '0.0.0-test' }
  const sink = createEngineSink(client, {
    service,
    namespace: run.namespace,
    queryText: true,
    maxQueued: 1e6,
    closeMs: 300_000,
    now: () => new Date(now),
  })
  const ledger: LedgerEntry[] = []
  const record = (event: TelemetryEvent): void => {
    ledger.push(...toLedger(event, now))
    sink.record(event)
  }
  const field = 'splade'
  const encoder = await loadEncoder(await loadModel(MODEL))
  const meta = { field, textFields: ['title', 'text'], encoder: encoder.identity }
  await createIndex(client, { index: run.index, meta })
  const load = new IngestTelemetry(
    { record, counts: sink.counts, close: () => sink.close() },
    { command: 'index', index: run.index, model: encoder.identity.name },
  )
  const { indexed } = await indexDocuments(client, encoder, {
    index: run.index,
    inputs: [fileInput(join(EXAMPLES, 'ko/corpus.jsonl'))],
    onEvent: (event) => {
      load.see(event)
    },
  })
  load.finish()
  record({ ...INGEST_EVENT, index: run.index })
  record({ ...WRITE_EVENT, index: run.index })
  await client.request({ method: 'POST', path: `/${run.index}/_refresh` })

  const searcher = await openSearcher(client, encoder, run.index)
  const tokenUses = new Map<string, number>()
  let foundNothing = 0
  for (const [place, query] of queriesOf(run.searches).entries()) {
    now = start + Math.floor((place / run.searches) * HOURS * 3_600_000)
    // Each tenth asks for more than any document has.
    const minScore = place % 10 === 9 ? 1e6 : 0
    const result = await searcher.search({ query, explain: true, minScore })
    if (result.hits.length === 0) foundNothing++
    for (const token of result.queryVector.keys()) tokenUses.set(token, (tokenUses.get(token) ?? 0) + 1)
    record(toQueryEvent({ index: run.index, encoder, query, result }))
    const { tookMs, encodeMs, engineMs } = result
    const timings = { encodeMs, engineMs, ownMs: Math.max(0, tookMs - encodeMs - engineMs) }
    record({ ...PROXY_EVENT, durationMs: tookMs, timings })
    if (place % 20 === 0) record({ ...PROXY_EVENT, kind: 'refused', status: 429, refused: 'busy' })
    if (place % 50 === 0) record({ ...PROXY_EVENT, status: 502 })
  }
  for (let hour = 0; hour <= HOURS; hour++) {
    now = start + hour * 3_600_000
    const ndcg = (at10: number) => ({ ...QUALITY_EVENT.ndcg, 10: at10 })
    record({ ...QUALITY_EVENT, index: run.index, ndcg: ndcg(0.8 + hour / 60) })
    record({ ...QUALITY_EVENT, index: run.index, model: 'bm25', method: 'bm25', ndcg: ndcg(0.75) })
    record({ ...QUALITY_EVENT, index: run.index, model: 'engine', method: 'bm25', ndcg: ndcg(0.6) })
    record({ ...QUALITY_EVENT, index: run.index, method: 'hybrid', ndcg: ndcg(0.83 + hour / 80) })
    record({ ...QUALITY_EVENT, index: run.index, dataset: 'en', ndcg: ndcg(0.7 + hour / 50) })
  }
  await encoder.close()
  await sink.close()
  if (sink.counts.dropped > 0) throw new Error(`events were lost: ${sink.counts.lastFailure ?? ''}`)
  await client.request({ method: 'POST', path: `/logs-splade.*-${run.namespace}/_refresh` })
  const documents = indexed + INGEST_EVENT.documents.indexed
  return { searches: run.searches, foundNothing, tokenUses, documents, ledger }
}

/** Deletes the streams, or the plain indices in their place, of a namespace; `*` is every one. */
export async function deleteTelemetry(client: EngineClient, namespace: string): Promise<void> {
  if (client.info.distribution === 'opensearch')
    await client.request({ method: 'DELETE', path: `/_data_stream/logs-splade.*-${namespace}` })
  else for (const dataset of DATASETS) await deleteIndices(client, streamName(dataset, namespace))
}

/** The judged queries of the examples, again and again. */
function queriesOf(count: number): readonly string[] {
  const lines = readFileSync(join(EXAMPLES, 'ko/queries.jsonl'), 'utf8').trim().split('\n')
  const texts = lines.map((line) => (JSON.parse(line) as { readonly text: string }).text)
  return Array.from({ length: count }, (_, place) => texts[place % texts.length]!)
}
