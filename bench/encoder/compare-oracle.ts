import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DeviceName } from '../../src/inference/device.js'
import { createSession, type TermWeights } from '../../src/inference/splade-session.js'
import { loadModelBundle } from '../../src/model/bundle.js'
import type { Precision } from '../../src/model/precision.js'

/**
 * Compares a model with the weights that sentence-transformers gave to it, and times each text:
 *
 *     python test/oracle/architectures/make_models.py --full-size FOLDER
 *     node --import ./bench/typescript.cjs bench/encoder/compare-oracle.ts FOLDER [--threads 2] [--precision int8] \
 *       [--device cuda]
 */

interface Entry {
  readonly ids: readonly number[]
  readonly terms: readonly number[]
  readonly weights: readonly number[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string' },
    precision: { type: 'string', default: 'f32' },
    device: { type: 'string', default: 'cpu' },
    repeat: { type: 'string', default: '3' },
    'max-tokens': { type: 'string', default: '8192' },
  },
})

function worstDifference(received: TermWeights, { terms, weights }: Entry): number {
  const byTerm = new Map([...received.tokenIds].map((id, index) => [id, received.weights[index] ?? 0]))
  return Math.max(...terms.map((term, index) => Math.abs((byTerm.get(term) ?? 0) - (weights[index] ?? 0))))
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}

async function main(): Promise<void> {
  const [folder = '.'] = positionals
  const { entries } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    entries: readonly Entry[]
  }
  const started = performance.now()
  const bundle = await loadModelBundle(folder, { precision: values.precision as Precision })
  const loaded = performance.now()
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) }
  const session = await createSession(bundle, {
    ...threads,
    device: values.device as DeviceName,
    onDevice: ({ device, reason }) => {
      console.log(`${folder}, ${values.precision}: on ${device} (${reason})`)
    },
  })
  console.log(
    `folder read in ${(loaded - started).toFixed(0)} ms, session in ${(performance.now() - loaded).toFixed(0)} ms, ` +
      megabytes(process.memoryUsage.rss()),
  )
  for (const entry of entries.filter(({ ids }) => ids.length <= Number(values['max-tokens']))) {
    const batch = [Int32Array.from(entry.ids)]
    const [weights] = await session.run(batch)
    const times: number[] = []
    const processorTimes: number[] = []
    for (let run = 0; run < Number(values.repeat); run++) {
      const start = performance.now()
      const processorStart = process.cpuUsage()
      await session.run(batch)
      times.push(performance.now() - start)
      processorTimes.push(process.cpuUsage(processorStart).user / 1000)
    }
    console.log(
      `${entry.ids.length} tokens: largest difference ${worstDifference(weights!, entry).toExponential(1)}, ` +
        `best ${Math.min(...times).toFixed(1)} ms, processor ${Math.min(...processorTimes).toFixed(1)} ms, ${megabytes(process.memoryUsage.rss())}`,
    )
  }
  await session.close()
}

await main()
