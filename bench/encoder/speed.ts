/**
 * Speed of a model as the commands use it: documents in bulk, queries one at a time.
 *
 *   node --import ./bench/typescript.cjs bench/encoder/speed.ts models/ko-en-mini [--tokens 128] [--seconds 10]
 *     [--threads 2] [--precision f32]
 *
 * Documents are stretches of `examples/`, of as many tokens as asked for. Prints the median of rounds, the fastest one,
 * which other work on the machine has disturbed least, and documents a second of processor time.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Encoder } from '../../src/encoder/encoder.js'
import { loadEncoder } from '../../src/encoder/load.js'
import { planWorkers, type Workload } from '../../src/inference/worker-plan.js'
import { loadModel, type Model } from '../../src/model/load-model.js'
import type { Precision } from '../../src/model/precision.js'
import { loadTokenizer } from '../../src/tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../../src/tokenizer/text-tokenizer.js'
import { describeMachine, median } from '../machine.js'

const EXAMPLES = join(import.meta.dirname, '../../examples')
const DOCUMENTS_PER_ROUND = 64

interface Line {
  readonly title?: string
  readonly text: string
}

function readLines(language: string, file: string): readonly string[] {
  const lines = readFileSync(join(EXAMPLES, language, file), 'utf8')
    .trim()
    .split('\n')
  return lines
    .map((line) => JSON.parse(line) as Line)
    .map(({ title = '', text }) => `${title} ${text}`.trim())
}

/** Texts of exactly so many tokens, special ones included, cut from all examples one after the other. */
function textsOf(tokenizer: TextTokenizer, tokens: number, count: number): readonly string[] {
  const all = ['ko', 'en'].flatMap((language) => readLines(language, 'corpus.jsonl')).join(' ')
  const texts: string[] = []
  let start = 0
  while (texts.length < count) {
    const { spans, ids } = tokenizer.tokenize(all.slice(start), { maxTokens: tokens })
    const end = Math.max(...spans)
    if (ids.length === tokens) texts.push(all.slice(start, start + end))
    start = ids.length === tokens ? start + end : texts.length + 1
  }
  return texts
}

/** Runs rounds until the time is up; at least three. */
async function timeRounds(seconds: number, round: () => Promise<unknown>): Promise<readonly number[]> {
  await round()
  const times: number[] = []
  const until = performance.now() + seconds * 1000
  while (times.length < 3 || performance.now() < until) {
    const started = performance.now()
    await round()
    times.push((performance.now() - started) / 1000)
  }
  return times
}

async function measureDocuments(encoder: Encoder, texts: readonly string[], seconds: number): Promise<void> {
  const processorTimes: number[] = []
  const times = await timeRounds(seconds, async () => {
    const before = process.cpuUsage()
    await encoder.encodeDocuments(texts)
    const { user, system } = process.cpuUsage(before)
    processorTimes.push((user + system) / 1e6)
  })
  const [typical, best, perProcessor] = [median(times), Math.min(...times), median(processorTimes)].map(
    (time) => (texts.length / time).toFixed(1),
  )
  console.log(
    `documents/s: median ${typical}, best ${best} (${times.length} rounds of ${texts.length}); ` +
      `${perProcessor} a processor second`,
  )
}

async function measureQueries(encoder: Encoder, seconds: number): Promise<void> {
  const queries = ['ko', 'en'].flatMap((language) => readLines(language, 'queries.jsonl'))
  const times = await timeRounds(seconds, async () => {
    for (const query of queries) await encoder.encodeQueries([query])
  })
  const [typical, best] = [median(times), Math.min(...times)].map((time) =>
    ((time * 1000) / queries.length).toFixed(1),
  )
  console.log(`ms a query: median ${typical}, best ${best} (${times.length} rounds of ${queries.length})`)
}

async function withEncoder(
  model: Model,
  workload: Workload,
  threads: number | undefined,
  use: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await loadEncoder(model, planWorkers(workload, threads))
  await use(encoder).finally(() => encoder.close())
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tokens: { type: 'string', default: '128' },
    seconds: { type: 'string', default: '10' },
    threads: { type: 'string' },
    precision: { type: 'string' },
  },
})
const [folder = 'models/ko-en-mini'] = positionals
const threads = values.threads === undefined ? undefined : Number(values.threads)
const seconds = Number(values.seconds)
const model = await loadModel(folder, { precision: values.precision as Precision | undefined })
const texts = textsOf(loadTokenizer(model.tokenizerFiles), Number(values.tokens), DOCUMENTS_PER_ROUND)
console.log(JSON.stringify(describeMachine()))
console.log(`${model.name}, ${model.precision}, documents of ${values.tokens} tokens`)
await withEncoder(model, 'bulk', threads, (encoder) => measureDocuments(encoder, texts, seconds))
await withEncoder(model, 'single', threads, (encoder) => measureQueries(encoder, seconds))
