import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Documents of a request: with its default of 100 elasticdump is slower. */
const LIMIT = 1000

/** elasticdump as a process of its own, which loads a file of documents that are finished: their vectors are in it. */
export class Elasticdump {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-elasticdump-'))
  private readonly file = join(this.folder, 'documents.json')
  private readonly script: string

  /** @param modules a folder where `npm install elasticdump` was run */
  constructor(modules: string) {
    this.script = join(resolve(modules), 'node_modules', 'elasticdump', 'bin', 'elasticdump')
  }

  /** @param bodies of `_bulk`, as elasticdump's lines: `{"_id":…,"_source":…}` */
  async prepare(bodies: readonly Buffer[]): Promise<void> {
    await pipeline(linesOf(bodies), createWriteStream(this.file))
  }

  /** @param index address of an index that is there */
  async load(index: string): Promise<void> {
    await this.run([
      `--input=${this.file}`,
      `--output=${index}`,
      '--type=data',
      `--limit=${LIMIT}`,
      '--noRefresh',
    ])
  }

  /** What it costs to start and do nothing, milliseconds. */
  async startMs(): Promise<number> {
    const startedAt = performance.now()
    await this.run(['--version'])
    return performance.now() - startedAt
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }

  private async run(options: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [this.script, '--quiet', ...options], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) throw new Error(`elasticdump ended with ${String(code)}`)
  }
}

function* linesOf(bodies: readonly Buffer[]): Generator<string> {
  for (const body of bodies) {
    const lines = body.toString().trimEnd().split('\n')
    for (let line = 0; line < lines.length; line += 2) {
      const { index } = JSON.parse(lines[line] ?? '') as { index: { _id: string } }
      yield `{"_id":${JSON.stringify(index._id)},"_source":${lines[line + 1] ?? ''}}\n`
    }
  }
}
