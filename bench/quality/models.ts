/**
 * Retrieval quality of models with weights, by the exact scorer, and how fast each set was encoded:
 *
 *   node --import ./bench/typescript.cjs bench/quality/models.ts --model models/ko-en-mini BEIR_FOLDER…
 *     [--precision f32] [--query-encoder idf]
 *
 * Prints a Markdown table. A document is its title, a space and its text. Several --model give a table each.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Encoder, Encoding } from '../../src/encoder/encoder.js'
import type { QueryEncoder } from '../../src/encoder/gated-lexical/gated-lexical-encoder.js'
import { loadEncoder } from '../../src/encoder/load.js'
import { readQrels, readQueries } from '../../src/evaluate/beir.js'
import { runExactly } from '../../src/evaluate/exact-run.js'
import { mean } from '../../src/evaluate/metrics.js'
import { evaluateRun } from '../../src/evaluate/report.js'
import { planWorkers } from '../../src/inference/worker-plan.js'
import { loadModel } from '../../src/model/load-model.js'
import type { Precision } from '../../src/model/precision.js'
import { describeMachine } from '../machine.js'

/** Documents of a ranking: recall@100 looks at all of them. */
const DEPTH = 100

/** Sizes of vectors, and the processor time that documents took. */
class Meter {
  readonly documentTerms: number[] = []
  readonly queryTerms: number[] = []
  processorSeconds = 0
  pieces = 0

  watch(encoder: Encoder): Encoder {
    return {
      identity: encoder.identity,
      ...(encoder.rarity !== undefined && { rarity: encoder.rarity }),
      locate: (text) => encoder.locate(text),
      close: () => encoder.close(),
      encodeDocuments: (texts) => this.encodeDocuments(encoder, texts),
      encodeQueries: async (texts) => {
        const encodings = await encoder.encodeQueries(texts)
        for (const { vector } of encodings) this.queryTerms.push(vector.size)
        return encodings
      },
    }
  }

  private async encodeDocuments(encoder: Encoder, texts: readonly string[]): Promise<readonly Encoding[]> {
    const before = process.cpuUsage()
    const encodings = await encoder.encodeDocuments(texts)
    const { user, system } = process.cpuUsage(before)
    this.processorSeconds += (user + system) / 1e6
    for (const { vector, tokenCount } of encodings) {
      this.documentTerms.push(vector.size)
      this.pieces += tokenCount
    }
    return encodings
  }
}

async function measure(encoder: Encoder, dataset: string): Promise<readonly string[]> {
  const [queries, qrels] = await Promise.all([readQueries(dataset), readQrels(dataset)])
  const judged = queries.filter(({ id }) => qrels.has(id))
  const meter = new Meter()
  const run = await runExactly(meter.watch(encoder), { dataset, queries: judged, size: DEPTH })
  const report = evaluateRun(run, qrels)
  return [
    basename(dataset),
    ...[report['ndcg@1'], report['ndcg@10'], report['recall@100'], report['mrr@10']].map((x) => x.toFixed(4)),
    mean(meter.documentTerms).toFixed(0),
    mean(meter.queryTerms).toFixed(1),
    (meter.pieces / meter.processorSeconds).toFixed(0),
  ]
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}

async function measureModel(
  folder: string,
  datasets: readonly string[],
  precision: Precision | undefined,
  queryEncoder: QueryEncoder,
): Promise<void> {
  const model = await loadModel(folder, { precision })
  const encoder = await loadEncoder(model, { ...planWorkers('bulk'), queryEncoder })
  const figures = [
    'NDCG@1',
    'NDCG@10',
    'recall@100',
    'MRR@10',
    'terms',
    'query terms',
    'pieces per CPU second',
  ]
  printRow([`${model.name}, ${model.precision}`, ...figures])
  printRow(['---', ...figures.map(() => '---:')])
  for (const dataset of datasets) printRow(await measure(encoder, dataset))
  await encoder.close()
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', multiple: true, default: ['models/ko-en-mini'] },
    precision: { type: 'string' },
    'query-encoder': { type: 'string', default: 'model' },
  },
})
if (positionals.length === 0) throw new Error('name at least one BEIR folder')
console.log(JSON.stringify(describeMachine()))
for (const folder of values.model)
  await measureModel(
    folder,
    positionals,
    values.precision as Precision | undefined,
    values['query-encoder'] as QueryEncoder,
  )
