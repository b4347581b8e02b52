import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** A node closes its shards in well under a second; past this it hangs and is killed. */
const STOP_LIMIT_MS = 30_000

const POLL_MS = 50

/** Stops a process that this one started, and waits for its end; does nothing if it has ended. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  // Without this the wait below would not keep an otherwise idle process alive.
  child.ref()
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await ended
  clearTimeout(limit)
}

/** Stops a process that another one started, and waits for its end. */
export async function stopProcess(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_LIMIT_MS
  signal(pid, 'SIGTERM')
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL')
    await sleep(POLL_MS)
  }
}

/** True if a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
