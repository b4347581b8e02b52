import { availableParallelism } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { planWorkers } from '../../../src/inference/worker-plan.js'

describe('planWorkers', () => {
  it.each([
    ['bulk', 1, { workers: 1, threads: 1 }],
    ['bulk', 2, { workers: 2, threads: 1 }],
    ['bulk', 5, { workers: 2, threads: 2 }],
    ['bulk', 16, { workers: 2, threads: 8 }],
    ['single', 1, { workers: 1, threads: 1 }],
    ['single', 16, { workers: 1, threads: 16 }],
  ] as const)('shares out, for %s work, %d threads', (workload, threads, plan) => {
    expect(planWorkers(workload, threads)).toEqual(plan)
  })

  it('takes what the process may use unless told otherwise', () => {
    expect(planWorkers('single').threads).toBe(availableParallelism())
  })
})
