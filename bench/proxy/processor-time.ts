import { readdirSync, readFileSync } from 'node:fs'

/**
 * Processor time of a process so far, of all its threads, in milliseconds; NaN where the system (it has to be Linux) does
 * not tell. Other work on the machine makes times by the clock longer, and this one hardly.
 */
export function processorMs(pid: number | undefined): number {
  if (pid === undefined) return NaN
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((sum, thread) => sum + nanosecondsOf(pid, thread), 0) / 1e6
  } catch {
    return NaN
  }
}

/** 0 for a thread that has just ended. */
function nanosecondsOf(pid: number, thread: string): number {
  try {
    const [onProcessor = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)
    return Number(onProcessor)
  } catch {
    return 0
  }
}
