/**
 * What the way from a file into the engine costs, side by side, the two sides of each pair taking turns.
 *
 *     node --import ./bench/typescript.cjs bench/ingest/throughput.ts --url ADDRESS --corpus FILE [--corpus FILE…] \
 *       [--case encoder|bulk|compress|elasticdump] [--model bm25|FOLDER] [--documents 20000] [--rounds 5] [--threads N] \
 *       [--modules FOLDER] [--out FILE.json]
 *
 * `encoder`: documents/s of `indexDocuments` against those of the encoder alone over the same texts.
 * `bulk`: documents/s of `indexDocuments` with bm25 against a plain bulk of the same finished bodies.
 * `compress`: the same plain bulk with bodies compressed against not compressed.
 * `elasticdump`: `indexDocuments` with bm25, from text to index, against elasticdump (`npm install elasticdump` in the
 * folder of `--modules`) with the same finished bodies; what its process takes to start is not counted.
 *
 * Encoder and engine compete where they share processors: give each its own (`taskset -c 0` before the command that
 * starts the engine, `taskset -c 1` before this one), or run the engine elsewhere.
 */
import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import type { Encoder } from '../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../src/encoder/lexical/lexical-encoder.js'
import { loadEncoder } from '../../src/encoder/load.js'
import type { EngineClient } from '../../src/engine/client.js'
import { connect } from '../../src/engine/connect.js'
import { createIndex } from '../../src/engine/index-setup.js'
import { countMatching } from '../../src/enrich/count-matching.js'
import { planWorkers } from '../../src/inference/worker-plan.js'
import { AdaptiveLimit } from '../../src/indexer/adaptive-limit.js'
import { BulkWriter } from '../../src/indexer/bulk-writer.js'
import { indexDocuments } from '../../src/indexer/index-documents.js'
import { mapAhead } from '../../src/indexer/prefetch.js'
import { streamInput } from '../../src/indexer/readers/input.js'
import { loadModel } from '../../src/model/load-model.js'
import { describeMachine, median } from '../machine.js'
import { composeDocuments, composeTexts } from './compose.js'
import { Elasticdump } from './elasticdump.js'

const INDEX = 'bench-ingest'
/** As `indexDocuments` does it. */
const [BATCH, BATCHES_AT_A_TIME] = [64, 2]

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9200' },
    corpus: { type: 'string', multiple: true, default: [] },
    case: { type: 'string', default: 'bulk' },
    model: { type: 'string', default: 'bm25' },
    documents: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string' },
    modules: { type: 'string' },
    out: { type: 'string' },
  },
})
const documents = Number(values.documents)

/** One side of a comparison: milliseconds for all documents. */
type Side = () => Promise<number>

async function openEncoder(): Promise<Encoder> {
  if (values.model === 'bm25') return createLexicalEncoder()
  const threads = values.threads === undefined ? undefined : Number(values.threads)
  return loadEncoder(await loadModel(values.model), planWorkers('bulk', threads))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function newIndex(client: EngineClient, encoder: Encoder): Promise<void> {
  await client.request({ method: 'DELETE', path: `/${INDEX}` }).catch(() => undefined)
  const meta = { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity }
  await createIndex(client, { index: INDEX, meta, settings: { refresh_interval: '-1' } })
}

/** The bytes of a file of documents, made before anything is measured. */
const chunks: Buffer[] = []
for await (const chunk of composeDocuments(values.corpus, documents)) chunks.push(chunk)

function indexing(client: EngineClient, encoder: Encoder): Side {
  return async () => {
    await newIndex(client, encoder)
    return timed(async () => {
      const inputs = [streamInput(Readable.from(chunks))]
      const { indexed } = await indexDocuments(client, encoder, { index: INDEX, inputs, refresh: false })
      if (indexed !== documents) throw new Error(`${indexed} of ${documents} documents were indexed`)
    })
  }
}

async function encoding(encoder: Encoder): Promise<Side> {
  const texts = await composeTexts(values.corpus, documents)
  async function* batches(): AsyncGenerator<readonly string[]> {
    for (let first = 0; first < texts.length; first += BATCH)
      yield await Promise.resolve(texts.slice(first, first + BATCH))
  }
  return () =>
    timed(async () => {
      const encode = (batch: readonly string[]) => encoder.encodeDocuments(batch)
      let encoded = 0
      for await (const batch of mapAhead(batches(), BATCHES_AT_A_TIME, encode)) encoded += batch.length
      if (encoded !== documents) throw new Error(`${encoded} of ${documents} texts were encoded`)
    })
}

/** The bodies that `indexDocuments` sends, kept while it runs once. */
async function finishedBodies(client: EngineClient, encoder: Encoder): Promise<readonly Buffer[]> {
  const bodies: Buffer[] = []
  const recording: EngineClient = {
    ...client,
    request: (request) => {
      if (request.ndjson !== undefined) bodies.push(Buffer.from(request.ndjson))
      return client.request(request)
    },
  }
  await indexing(recording, encoder)()
  return bodies
}

/** As fast as the engine takes them: requests at a time adapt as they do for `indexDocuments`. */
function plainBulk(client: EngineClient, encoder: Encoder, bodies: readonly Buffer[]): Side {
  return async () => {
    await newIndex(client, encoder)
    const limit = new AdaptiveLimit()
    const writer = new BulkWriter<string>(async ([body]) => {
      if (body === undefined) return
      const attempt = limit.begin()
      await client.request({ method: 'POST', path: `/${INDEX}/_bulk`, ndjson: body.ndjson })
      attempt.succeeded(body.ndjson.length)
    }, limit)
    return timed(async () => {
      for (const [number, ndjson] of bodies.entries())
        await writer.submit([{ id: String(number), ndjson, origin: '' }])
      await writer.drain()
    })
  }
}

async function elasticdump(client: EngineClient, encoder: Encoder, modules: string): Promise<Side> {
  const peer = new Elasticdump(modules)
  process.once('exit', () => {
    peer.close()
  })
  await peer.prepare(await finishedBodies(client, encoder))
  return async () => {
    await newIndex(client, encoder)
    const startMs = await peer.startMs()
    const loadMs = await timed(() => peer.load(new URL(INDEX, values.url).href))
    await requireAll(client)
    return loadMs - startMs
  }
}

async function requireAll(client: EngineClient): Promise<void> {
  await client.request({ method: 'POST', path: `/${INDEX}/_refresh` })
  const count = await countMatching(client, INDEX, undefined)
  if (count !== documents) throw new Error(`${count} of ${documents} documents were indexed`)
}

/** Documents a second of both sides, round by round. */
async function compare(sides: readonly [Side, Side]): Promise<readonly (readonly number[])[]> {
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [position, side] of sides.entries()) {
      const rate = (documents / (await side())) * 1000
      // The first round warms both.
      if (round > 0) rates[position]?.push(Math.round(rate * 10) / 10)
    }
  }
  return rates
}

async function sidesOf(client: EngineClient, encoder: Encoder): Promise<readonly [Side, Side]> {
  switch (values.case) {
    case 'encoder':
      return [indexing(client, encoder), await encoding(encoder)]
    case 'bulk':
      return [indexing(client, encoder), plainBulk(client, encoder, await finishedBodies(client, encoder))]
    case 'compress': {
      const bodies = await finishedBodies(client, encoder)
      const compressing = await connect({ url: values.url, compress: true })
      return [plainBulk(compressing, encoder, bodies), plainBulk(client, encoder, bodies)]
    }
    case 'elasticdump':
      if (values.modules === undefined) throw new Error('--case elasticdump needs --modules FOLDER')
      return [indexing(client, encoder), await elasticdump(client, encoder, values.modules)]
    default:
      throw new Error(`--case must be encoder, bulk, compress or elasticdump, not ${values.case}`)
  }
}

const client = await connect({ url: values.url })
const encoder = await openEncoder()
const [ours = [], theirs = []] = await compare(await sidesOf(client, encoder))
const ratios = ours.map((rate, round) => rate / (theirs[round] ?? NaN))
const result = {
  case: values.case,
  model: encoder.identity.name,
  documents,
  engine: client.info,
  documentsPerSecond: { ours: median(ours), theirs: median(theirs) },
  ratio: { median: median(ratios), all: ratios },
  rounds: { ours, theirs },
  machine: describeMachine(),
}
console.log(JSON.stringify(result, null, 1))
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`)
await client.request({ method: 'DELETE', path: `/${INDEX}` })
await encoder.close()
// Clients keep connections open.
process.exit(0)
