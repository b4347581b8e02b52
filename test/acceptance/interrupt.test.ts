import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { useCliHome } from './cli-process.js'

describe('Ctrl-C while a model computes', () => {
  const home = useCliHome()

  it('is heard at once, and ends the process at the second time without waiting for the run', async () => {
    const { child, result, untilErr } = home.start(['encode', '--json', '--threads', '1'])
    child.stdin.end('water energy house '.repeat(150).concat('\n').repeat(1_000))
    // Some batches are done, the next is being computed.
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    await untilErr('Ctrl-C again ends at once')
    child.kill('SIGINT')
    const { code } = await result
    expect(code).toBeUndefined()
    expect(child.signalCode).toBe('SIGINT')
  })
})
