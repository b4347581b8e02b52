/**
 * Where the time of an encoder goes: tokenizing, the graph operator by operator, and handing weights over.
 *
 *     node --import ./bench/typescript.cjs bench/encoder/profile.ts MODEL_FOLDER \
 *       [--precision int8] [--tokens 512] [--batch 1] [--runs 5] [--threads N] [--device cuda]
 *
 * Operators are timed by onnxruntime's own profiler, which slows a run a little; the shares are what counts. A first
 * run is not counted: kernels are loaded and memory is laid out in it. On a GPU set CUDA_LAUNCH_BLOCKING=1, or it is
 * the handing over of work that is timed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-node'
import { loadModelBundle } from '../../src/model/bundle.js'
import { GRAPH_OUTPUTS, type GraphInput } from '../../src/model/graph.js'
import type { Precision } from '../../src/model/precision.js'

interface TraceEvent {
  readonly cat: string
  readonly name: string
  /** Start and duration, microseconds. */
  readonly ts: number
  readonly dur: number
  readonly args?: {
    readonly op_name?: string
    readonly input_type_shape?: readonly Record<string, number[]>[]
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    precision: { type: 'string', default: 'f32' },
    tokens: { type: 'string', default: '512' },
    batch: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '0' },
    device: { type: 'string', default: 'cpu' },
  },
})

/** Milliseconds of each operator, over all runs but the first. */
function sumByOperator(events: readonly TraceEvent[]): ReadonlyMap<string, { ms: number; calls: number }> {
  const sums = new Map<string, { ms: number; calls: number }>()
  const warmFrom = Math.min(
    ...events.filter(({ name }) => name === 'model_run').map(({ ts, dur }) => ts + dur),
  )
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || ts < warmFrom) continue
    const operator = args?.op_name ?? name
    const sum = sums.get(operator) ?? { ms: 0, calls: 0 }
    sums.set(operator, { ms: sum.ms + dur / 1000, calls: sum.calls + 1 })
  }
  return sums
}

/** Token ids that every vocabulary has, in texts without padding. */
function makeFeeds(
  inputs: readonly GraphInput[],
  dims: readonly [number, number],
): Record<string, ort.Tensor> {
  const entries = inputs.map(({ name, type, content }) => {
    const tokens = Array.from({ length: dims[0] * dims[1] }, (_, index) =>
      content === 'tokenIds' ? 5 + ((index * 7919) % 200) : Number(content === 'mask'),
    )
    const data = type === 'int32' ? Int32Array.from(tokens) : BigInt64Array.from(tokens, BigInt)
    return [name, new ort.Tensor(type, data, dims)] as const
  })
  return Object.fromEntries(entries)
}

async function main(): Promise<void> {
  const [folder = '.'] = positionals
  const tokens = Number(values.tokens)
  const batch = Number(values.batch)
  const runs = Number(values.runs)
  const bundle = await loadModelBundle(folder, { precision: values.precision as Precision })
  const onGpu = values.device === 'cuda'
  const graph = await bundle.writeGraph({ padded: onGpu, halves: onGpu && values.precision === 'f16' })
  const { model, dataDirectory } = graph
  const traces = mkdtempSync(join(tmpdir(), 'encoder-profile-'))
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [values.device],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(values.threads),
    enableProfiling: true,
    profileFilePrefix: join(traces, 'trace'),
    logSeverityLevel: 4,
    extra: { session: { model_external_initializers_file_folder_path: dataDirectory } },
  })
  const feeds = makeFeeds(graph.inputs, [batch, tokens])
  const times: number[] = []
  for (let run = 0; run <= runs; run++) {
    const start = performance.now()
    await session.run(feeds, Object.values(GRAPH_OUTPUTS))
    if (run > 0) times.push(performance.now() - start)
  }
  session.endProfiling()
  const [file = ''] = readdirSync(traces)
  const events = JSON.parse(readFileSync(join(traces, file), 'utf8')) as readonly TraceEvent[]
  rmSync(traces, { recursive: true })
  await session.release()
  report(events, times)
}

function report(events: readonly TraceEvent[], times: readonly number[]): void {
  const sums = [...sumByOperator(events)].sort(([, a], [, b]) => b.ms - a.ms)
  const total = sums.reduce((sum, [, { ms }]) => sum + ms, 0)
  console.log(
    `${times.length} runs, median ${[...times].sort((a, b) => a - b)[times.length >> 1]?.toFixed(1)} ms`,
  )
  for (const [operator, { ms, calls }] of sums.slice(0, 25)) {
    console.log(
      `${operator.padEnd(28)} ${((100 * ms) / total).toFixed(1).padStart(5)} %  ` +
        `${(ms / times.length).toFixed(1).padStart(8)} ms a run  ${calls / times.length} nodes`,
    )
  }
}

await main()
