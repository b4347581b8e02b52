import type { EnrichResult } from '../enrich/events.js'
import type { RebuildResult } from '../enrich/rebuild-index.js'
import { countsBetween, type IndexCounts, type IndexResult } from '../indexer/events.js'

/** What is counted, and how much of it. */
export type Row = readonly [name: string, value: number | string]

/** The counts that a report begins with. */
export interface ReportCounts {
  /** Of the whole load, where the run went on with an earlier one. */
  readonly load?: readonly Row[]
  readonly run: readonly Row[]
  /** Of the run. */
  readonly elapsedMs: number
}

/** Counts of `index`. */
export function countsOfIndex(result: IndexResult): ReportCounts {
  const { before, elapsedMs } = result
  if (before === undefined) return { run: indexRows(result), elapsedMs }
  return { load: indexRows(result), run: indexRows(countsBetween(before, result)), elapsedMs }
}

/** Counts of `enrich` in place. */
export function countsOfEnrich(result: EnrichResult): ReportCounts {
  const { read, enriched, unchanged, deadLettered, skipped, gone, conflicts, elapsedMs } = result
  const run: readonly Row[] = [
    ['documents read', read],
    ['enriched', enriched],
    ['unchanged', unchanged],
    ['refused', deadLettered],
    ['skipped, without text', skipped],
    ['deleted meanwhile', gone],
    ['changed meanwhile, encoded anew', conflicts],
  ]
  return { run, elapsedMs }
}

/** Counts of `reindex` and `enrich --into`. */
export function countsOfRebuild(result: RebuildResult): ReportCounts {
  const { copied, enriched, deadLettered, skipped, caughtUp, removed, verification, elapsedMs } = result
  const run: readonly Row[] = [
    ['documents of the new index', verification.documents],
    ['with vectors', verification.withVectors],
    ['copied', copied],
    ['enriched', enriched],
    ['refused', deadLettered],
    ['skipped, without text', skipped],
    ['changed meanwhile, copied again', caughtUp],
    ['deleted meanwhile', removed],
    ['found by their own text', `${verification.found} of ${verification.samples}`],
  ]
  return { run, elapsedMs }
}

function indexRows({ read, indexed, unchanged, deadLettered, skipped }: IndexCounts): readonly Row[] {
  return [
    ['documents read', read],
    ['indexed', indexed],
    ['unchanged', unchanged],
    ['refused', deadLettered],
    ['skipped, without the fields', skipped],
  ]
}
