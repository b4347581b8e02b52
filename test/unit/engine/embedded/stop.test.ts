import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { isAlive, stopChild, stopProcess } from '../../../../src/engine/embedded/stop.js'

const WAIT = ['-e', 'setInterval(() => {}, 1000)']

describe('stopChild', () => {
  it('returns once the process has ended', async () => {
    const child = spawn(process.execPath, WAIT)
    await once(child, 'spawn')
    await stopChild(child)
    expect(child.signalCode).toBe('SIGTERM')
  })

  it('does nothing to a process that has ended by itself', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await stopChild(child)
    expect(child.exitCode).toBe(0)
  })
})

describe('stopProcess', () => {
  it('returns once the process of that id is gone', async () => {
    const child = spawn(process.execPath, WAIT)
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    expect(isAlive(pid)).toBe(true)
    await stopProcess(pid)
    expect(isAlive(pid)).toBe(false)
  })
})
