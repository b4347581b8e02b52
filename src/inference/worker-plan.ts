import { availableParallelism } from 'node:os'

/** How the processors are shared out. */
export interface WorkerPlan {
  readonly workers: number
  /** Threads of each worker. */
  readonly threads: number
}

/** What is waited for: the last of many texts, or each single one. */
export type Workload = 'bulk' | 'single'

/**
 * Shares threads out among workers. Texts in bulk: two workers, since two runs side by side get more out of the
 * cores than one run on all of them, whose threads wait for each other at the end of every operation. Not more than
 * two, since each worker packs the weights anew: 0.7 GB for 149 million weights in f32.
 *
 * docs/models.md has the figures.
 *
 * @param threads all of them. Integer >= 1. Default: as many as the process may use
 */
export function planWorkers(workload: Workload, threads = availableParallelism()): WorkerPlan {
  const workers = workload === 'bulk' && threads >= 2 ? 2 : 1
  return { workers, threads: Math.max(1, Math.floor(threads / workers)) }
}
