/** Our side of throughput.ts: `MODEL_FOLDER --precision P --threads N --device D`, one JSON command a line. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Encoder } from '../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../src/encoder/load.js'
import type { DeviceName, DeviceReport } from '../../src/inference/device.js'
import { planWorkers, type Workload } from '../../src/inference/worker-plan.js'
import { loadModelBundle, type ModelBundle } from '../../src/model/bundle.js'
import type { Precision } from '../../src/model/precision.js'

export interface EncodeCommand {
  readonly do: 'encode'
  readonly texts: readonly string[]
  readonly batchSize: number
}

export interface EncodeAnswer {
  readonly seconds: number
  /** Resident set when the command began, bytes. */
  readonly restBytes: number
  /** Largest resident set during the command, bytes. */
  readonly peakBytes: number
  /** Non-zero weights of all texts together, so that both sides can be seen to do the same work. */
  readonly terms: number
}

/** Linux: from here on, VmHWM is the peak since this moment. Gives the resident set, bytes. */
function startPeak(): number {
  writeFileSync('/proc/self/clear_refs', '5')
  return peakBytes()
}

function peakBytes(): number {
  const [, kibibytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

async function encode(encoder: Encoder, { texts, batchSize }: EncodeCommand): Promise<EncodeAnswer> {
  const restBytes = startPeak()
  const started = performance.now()
  let terms = 0
  for (let first = 0; first < texts.length; first += batchSize) {
    const encodings = await encoder.encodeDocuments(texts.slice(first, first + batchSize))
    for (const { vector } of encodings) terms += vector.size
  }
  return { seconds: (performance.now() - started) / 1000, restBytes, peakBytes: peakBytes(), terms }
}

/** Shares threads out as the commands do: for one text at a time, or for texts in bulk. */
class Encoders {
  private open: { readonly workload: Workload; readonly encoder: Encoder } | undefined

  constructor(
    private readonly bundle: ModelBundle,
    private readonly threads: number,
    private readonly device: DeviceName,
  ) {}

  async for(workload: Workload): Promise<Encoder> {
    if (this.open?.workload === workload) return this.open.encoder
    await this.open?.encoder.close()
    const { device } = this
    const onDevice = (report: DeviceReport): void => {
      if (report.device !== device) throw new Error(`${device} was asked for: ${report.reason}`)
    }
    const options = { ...planWorkers(workload, this.threads), device, onDevice }
    const encoder = await loadNeuralEncoder(this.bundle, options)
    // Weights are mapped: they come into memory with the first run.
    await encoder.encodeDocuments(['w5 w6', 'w7'])
    this.open = { workload, encoder }
    return encoder
  }

  async close(): Promise<void> {
    await this.open?.encoder.close()
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      precision: { type: 'string', default: 'f32' },
      threads: { type: 'string', default: '2' },
      device: { type: 'string', default: 'cpu' },
    },
  })
  const [folder = '.'] = positionals
  const bundle = await loadModelBundle(folder, { precision: values.precision as Precision })
  const encoders = new Encoders(bundle, Number(values.threads), values.device as DeviceName)
  console.log(JSON.stringify({ versions: { node: process.version } }))
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as EncodeCommand
    const encoder = await encoders.for(command.batchSize > 1 ? 'bulk' : 'single')
    console.log(JSON.stringify(await encode(encoder, command)))
  }
  await encoders.close()
}

await main()
