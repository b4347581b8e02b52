import { appendFileSync } from 'node:fs'
import type { IndexResult } from '../src/indexer/events.js'

/** Names a file that the figures of each load are appended to, a row of a Markdown table each. */
const FILE_VARIABLE = 'FAULT_MATRIX_FILE'

export interface FaultFigures {
  readonly fault: string
  readonly engine: string
  readonly result: IndexResult
  /** Documents that the index holds in the end, counted by the engine. */
  readonly stored: number
  /** Requests that were repeated, or of which documents were. */
  readonly retries: number
}

/** Writes a row where the environment names a file for it: docs/loading.md shows them. */
export function recordFigures({ fault, engine, result, stored, retries }: FaultFigures): void {
  const file = process.env[FILE_VARIABLE]
  if (file === undefined) return
  const { read, deadLettered, skipped } = result
  appendFileSync(file, `| ${[fault, engine, read, stored, deadLettered, skipped, retries].join(' | ')} |\n`)
}
