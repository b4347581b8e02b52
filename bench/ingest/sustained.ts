/**
 * A load of many documents, with the memory that it takes on the way.
 *
 *     node --import ./bench/typescript.cjs bench/ingest/sustained.ts --url ADDRESS --corpus FILE [--corpus FILE…] \
 *       [--documents 200000] [--csv FILE.csv] [--svg FILE.svg]
 *
 * Documents are composed from sentences of the corpora as they are read, and encoded with bm25. Resident memory is
 * sampled twice a second, without asking for a garbage collection.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { linePlot } from '../../src/cli/svg-plot.js'
import { createLexicalEncoder } from '../../src/encoder/lexical/lexical-encoder.js'
import { connect } from '../../src/engine/connect.js'
import { createIndex } from '../../src/engine/index-setup.js'
import { indexDocuments } from '../../src/indexer/index-documents.js'
import { streamInput } from '../../src/indexer/readers/input.js'
import { describeMachine } from '../machine.js'
import { composeDocuments } from './compose.js'

const INDEX = 'bench-sustained'
const SAMPLE_EVERY_MS = 500
const MEBIBYTE = 1024 * 1024

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9200' },
    corpus: { type: 'string', multiple: true, default: [] },
    documents: { type: 'string', default: '200000' },
    csv: { type: 'string' },
    svg: { type: 'string' },
  },
})

interface Sample {
  readonly seconds: number
  readonly documents: number
  readonly residentMiB: number
}

const documents = Number(values.documents)
const client = await connect({ url: values.url })
const encoder = createLexicalEncoder()
await client.request({ method: 'DELETE', path: `/${INDEX}` }).catch(() => undefined)
const meta = { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity }
await createIndex(client, { index: INDEX, meta })

const startedAt = performance.now()
const samples: Sample[] = []
let indexed = 0
const sample = (): void => {
  samples.push({
    seconds: Math.round(performance.now() - startedAt) / 1000,
    documents: indexed,
    residentMiB: Math.round(process.memoryUsage.rss() / MEBIBYTE),
  })
}
const timer = setInterval(sample, SAMPLE_EVERY_MS)
const result = await indexDocuments(client, encoder, {
  index: INDEX,
  inputs: [streamInput(composeDocuments(values.corpus, documents))],
  relax: 'empty',
  onEvent: (event) => {
    if (event.type === 'progress') indexed = event.counts.indexed
  },
})
clearInterval(timer)
sample()

/** Mean of the samples between two shares of the run. */
function meanBetween(from: number, to: number): number {
  const part = samples.filter(({ documents: at }) => at >= from * documents && at < to * documents)
  return Math.round(part.reduce((sum, { residentMiB }) => sum + residentMiB, 0) / part.length)
}

console.log(
  JSON.stringify(
    {
      ...result,
      documentsPerSecond: Math.round((documents / result.elapsedMs) * 1000),
      residentMiB: {
        peak: Math.max(...samples.map(({ residentMiB }) => residentMiB)),
        meanOfEachFifth: [0, 0.2, 0.4, 0.6, 0.8].map((from) => meanBetween(from, from + 0.2)),
      },
      engine: client.info,
      machine: describeMachine(),
    },
    null,
    1,
  ),
)
if (values.csv !== undefined) {
  const lines = samples.map((one) => `${one.seconds},${one.documents},${one.residentMiB}\n`)
  writeFileSync(values.csv, `seconds,documents,resident_mib\n${lines.join('')}`)
}
if (values.svg !== undefined) {
  const points = samples.map((one) => [one.documents, one.residentMiB] as const)
  writeFileSync(
    values.svg,
    linePlot({ title: 'Resident memory of a load', labels: { x: 'documents written', y: 'MiB' }, points }),
  )
}
await client.request({ method: 'DELETE', path: `/${INDEX}` })
// Clients keep connections open.
process.exit(0)
