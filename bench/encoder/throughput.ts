/**
 * Encoding speed and memory against sentence-transformers: same model, same texts, same threads, in one run in which
 * the systems take turns.
 *
 *     python test/oracle/architectures/make_models.py --full-size FOLDER
 *     node dist/cli/main.js model quantize FOLDER --precision int8
 *     node --import ./bench/typescript.cjs bench/encoder/throughput.ts FOLDER --python PYTHON \
 *       [--device cpu|cuda] [--threads 2] [--rounds 5] [--cases 16x1,512x8,mix] \
 *       [--systems torch-f32,ours-int8] [--out FILE.json]
 *
 * PYTHON has sentence-transformers. A case is TOKENSxBATCH, or `mix`: 64 texts whose lengths are spread
 * log-normally around 128 tokens; `mix512` is the same with 512 texts. Prints a Markdown table of medians.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { describeMachine, median } from '../machine.js'
import type { EncodeAnswer, EncodeCommand } from './worker.js'

const SYSTEMS = [
  'torch-f32',
  'torch-bf16',
  'torch-f16',
  'ours-f32',
  'ours-f16',
  'ours-int8',
  'ours-int8-block',
] as const
type SystemName = (typeof SYSTEMS)[number]

const REFERENCE = 'torch-f32'
const CASES = '16x1,16x8,128x1,128x8,512x1,512x8,2048x1,2048x8,8192x1,mix'
/** Of `mix`; a number behind the name says another. */
const MIX_TEXTS = 64
/** Names of torch for what a system computes in. */
const TORCH_TYPES: Readonly<Record<string, string>> = { f32: 'float32', bf16: 'bfloat16', f16: 'float16' }
/** Seconds that one system may spend on the repetitions of a case. */
const PATIENCE = 60

interface Case {
  readonly name: string
  readonly texts: readonly string[]
  /** Tokens of each text. */
  readonly lengths: readonly number[]
  readonly batchSize: number
}

interface Start {
  readonly versions: Readonly<Record<string, string>>
}

/** A worker process: one JSON command, one JSON answer. */
class Worker {
  private readonly lines: AsyncIterator<string, undefined>

  constructor(
    private readonly process: ChildProcess,
    readonly name: string,
  ) {
    if (process.stdout === null) throw new Error('the worker has no standard output')
    this.lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
  }

  async ask<Answer>(command: object): Promise<Answer> {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`)
    return this.next<Answer>()
  }

  async next<Answer>(): Promise<Answer> {
    const line = await this.lines.next()
    if (line.done === true) throw new Error(`worker ${this.name} ended; its message stands above`)
    return JSON.parse(line.value) as Answer
  }

  end(): void {
    this.process.stdin?.end()
  }
}

interface WorkerOptions {
  readonly python: string
  readonly threads: string
  readonly device: string
}

function startWorker(name: SystemName, folder: string, { python, threads, device }: WorkerOptions): Worker {
  const [, side, precision = 'f32'] = /^(torch|ours)-(.+)$/.exec(name) ?? []
  const dtype = TORCH_TYPES[precision] ?? 'float32'
  const here = import.meta.dirname
  const [command, args]: [string, string[]] =
    side === 'torch'
      ? [python, [join(here, 'sentence_transformers_worker.py'), folder, '--dtype', dtype]]
      : [
          process.execPath,
          ['--import', './bench/typescript.cjs', join(here, 'worker.ts'), folder, '--precision', precision],
        ]
  const child = spawn(command, [...args, '--threads', threads, '--device', device], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return new Worker(child, name)
}

/** Uniform numbers in [0, 1), the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Words of the random model's vocabulary, one token each; two tokens of a text are its special ones. */
function makeText(tokens: number, random: () => number): string {
  return Array.from({ length: tokens - 2 }, () => `w${5 + Math.floor(random() * 49_000)}`).join(' ')
}

function mixedLength(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(2048, Math.max(8, Math.round(128 * Math.exp(0.9 * normal))))
}

function makeCase(name: string): Case {
  const random = createRandom(7)
  const [tokens = 0, batchSize = 0] = name.split('x').map(Number)
  const [mix, mixTexts = ''] = /^mix(\d*)$/.exec(name) ?? []
  const lengths =
    mix === undefined
      ? Array.from({ length: batchSize }, () => tokens)
      : Array.from({ length: Number(mixTexts) || MIX_TEXTS }, () => mixedLength(random))
  return {
    name,
    lengths,
    texts: lengths.map((length) => makeText(length, random)),
    // sentence-transformers sorts by length and pads to the longest of each batch; 32 is its default.
    batchSize: mix === undefined ? batchSize : 32,
  }
}

/** Multiplications and additions of the matrix products of a ModernBERT text, attention included. */
function operations(config: Readonly<Record<string, number>>, tokens: number): number {
  const {
    hidden_size: d = 0,
    intermediate_size: inner = 0,
    num_hidden_layers: layers = 0,
    vocab_size: v = 0,
  } = config
  const linear = layers * (4 * d * d + 3 * d * inner) + d * d + v * d
  const global = Math.ceil(layers / 3)
  const pairs = global * tokens + (layers - global) * Math.min(tokens, 129)
  return 2 * tokens * (linear + 2 * d * pairs)
}

interface Row {
  readonly case: string
  readonly system: SystemName
  readonly runs: readonly EncodeAnswer[]
}

/** Systems take turns, in another order each round, so that what else the machine does hits all of them. */
async function measure(
  item: Case,
  workers: ReadonlyMap<SystemName, Worker>,
  rounds: number,
): Promise<readonly Row[]> {
  const names = [...workers.keys()]
  const runs = new Map<SystemName, EncodeAnswer[]>(names.map((name) => [name, []]))
  const { texts } = item
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + Math.max(round, 0)) % names.length]!
      const known = runs.get(name)!
      const spent = known.reduce((sum, { seconds }) => sum + seconds, 0)
      if (known.length > 0 && spent > PATIENCE) continue
      // Ours plans its own batches; sentence-transformers is told its size.
      const batchSize = item.name.startsWith('mix') && name.startsWith('ours') ? texts.length : item.batchSize
      const command: EncodeCommand = { do: 'encode', texts, batchSize }
      const answer = await workers.get(name)!.ask<EncodeAnswer>(command)
      // The first round warms caches and allocators, but of a minute-long run every second counts.
      if (round >= 0 || answer.seconds > PATIENCE) known.push(answer)
    }
  }
  return names.map((system) => ({ case: item.name, system, runs: runs.get(system)! }))
}

function printTable(
  items: readonly Case[],
  rows: readonly Row[],
  config: Readonly<Record<string, number>>,
  peak: number,
): void {
  console.log(
    '| texts | system | documents/s | against torch f32 | share of f32 matmul peak | RSS above rest |',
  )
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const { case: name, system, runs } of rows) {
    const item = items.find((candidate) => candidate.name === name)!
    const seconds = median(runs.map((run) => run.seconds))
    const reference = rows.find((row) => row.case === name && row.system === REFERENCE)
    const ratio = reference === undefined ? NaN : median(reference.runs.map((run) => run.seconds)) / seconds
    const work = item.lengths.reduce((sum, tokens) => sum + operations(config, tokens), 0)
    const memory = median(runs.map((run) => run.peakBytes - run.restBytes))
    console.log(
      `| ${name} | ${system} | ${(item.texts.length / seconds).toFixed(2)} | ${ratio.toFixed(2)} | ` +
        `${((100 * work) / seconds / peak).toFixed(0)} % | ${(memory / 2 ** 20).toFixed(0)} MiB |`,
    )
  }
}

/** Medians so far, on standard error: a run may take an hour. */
function printProgress(item: Case, rows: readonly Row[]): void {
  for (const { system, runs } of rows.filter((row) => row.case === item.name)) {
    const seconds = median(runs.map((run) => run.seconds))
    console.error(`${item.name} ${system}: ${(item.texts.length / seconds).toFixed(2)} documents/s`)
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: 'string', default: 'python3' },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      cases: { type: 'string', default: CASES },
      systems: { type: 'string', default: SYSTEMS.join(',') },
      out: { type: 'string' },
    },
  })
  const [folder = '.'] = positionals
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, number>
  const names = SYSTEMS.filter((name) => values.systems.split(',').includes(name))
  const workers = new Map(names.map((name) => [name, startWorker(name, folder, values)]))
  const starts = new Map<SystemName, Start>()
  for (const [name, worker] of workers) starts.set(name, await worker.next<Start>())
  const peaks: number[] = []
  const measurePeak = async (): Promise<void> => {
    const worker = workers.get(REFERENCE)
    if (worker !== undefined)
      peaks.push((await worker.ask<{ operationsPerSecond: number }>({ do: 'peak' })).operationsPerSecond)
  }
  const items = values.cases.split(',').map(makeCase)
  const rows: Row[] = []
  await measurePeak()
  for (const item of items) {
    rows.push(...(await measure(item, workers, Number(values.rounds))))
    await measurePeak()
    printProgress(item, rows)
  }
  for (const worker of workers.values()) worker.end()
  const peak = Math.max(...peaks)
  const machine = describeMachine()
  console.log(
    `${machine.processor}, device ${values.device}, ${values.threads} threads of ${machine.cores} cores, ${machine.memoryGiB} GiB, ` +
      `matmul peak ${(peak / 1e9).toFixed(0)} GFLOP/s in f32, commit ${machine.commit}, ${machine.date}, ` +
      JSON.stringify(Object.assign({}, ...[...starts.values()].map(({ versions }) => versions))),
  )
  printTable(items, rows, config, peak)
  if (values.out !== undefined)
    writeFileSync(
      values.out,
      JSON.stringify({ machine, peak, starts: Object.fromEntries(starts), rows }, null, 1),
    )
}

await main()
