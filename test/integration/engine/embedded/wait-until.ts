import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 60_000

/** Waits until a condition holds. @throws Error naming it after a minute */
export async function waitUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms: ${what}`)
    await sleep(50)
  }
}
