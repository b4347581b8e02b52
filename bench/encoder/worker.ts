/** Our side of throughput.ts: `MODEL_FOLDER --precision P --threads N`, one JSON command a line. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Encoder } from '../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../src/encoder/load.js'
import { loadModelBundle } from '../../src/model/bundle.js'
import type { Precision } from '../../src/model/precision.js'

export interface EncodeCommand {
  readonly do: 'encode'
  readonly texts: readonly string[]
  readonly batchSize: number
}

export interface EncodeAnswer {
  readonly seconds: number
  /** Largest resident set during the command, bytes. */
  readonly peakBytes: number
  /** Non-zero weights of all texts together, so that both sides can be seen to do the same work. */
  readonly terms: number
}

/** Linux: from here on, VmHWM is the peak since this moment. */
function startPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5')
}

function peakBytes(): number {
  const [, kibibytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

async function encode(encoder: Encoder, { texts, batchSize }: EncodeCommand): Promise<EncodeAnswer> {
  startPeak()
  const started = performance.now()
  let terms = 0
  for (let first = 0; first < texts.length; first += batchSize) {
    const encodings = await encoder.encodeDocuments(texts.slice(first, first + batchSize))
    for (const { vector } of encodings) terms += vector.size
  }
  return { seconds: (performance.now() - started) / 1000, peakBytes: peakBytes(), terms }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { precision: { type: 'string', default: 'f32' }, threads: { type: 'string', default: '2' } },
  })
  const [folder = '.'] = positionals
  const bundle = await loadModelBundle(folder, { precision: values.precision as Precision })
  const encoder = await loadNeuralEncoder(bundle, { threads: Number(values.threads) })
  // Weights are mapped: they come into memory with the first run.
  await encoder.encodeDocuments(['w5 w6'])
  startPeak()
  console.log(JSON.stringify({ versions: { node: process.version }, peakBytes: peakBytes() }))
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await encode(encoder, JSON.parse(line) as EncodeCommand)))
  }
  await encoder.close()
}

await main()
