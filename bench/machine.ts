import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'

/** What a measurement must be read with. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly commit: string
  readonly date: string
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: readCommit(),
    date: new Date().toISOString().slice(0, 10),
  }
}

/** `unknown` in a copy of the sources that is no git repository. */
function readCommit(): string {
  try {
    const answer = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' })
    return answer.trim()
  } catch {
    return 'unknown'
  }
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}
