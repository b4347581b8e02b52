import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireFreePort, requireMemory } from '../../../../src/engine/embedded/preconditions.js'
import { EmbeddedEngineError } from '../../../../src/errors.js'

describe('requireFreePort', () => {
  let server: Server
  let taken: number

  beforeAll(async () => {
    server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    taken = (server.address() as AddressInfo).port
  })

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
  })

  it('refuses a port that something listens on, naming it and the ways out', async () => {
    await expect(requireFreePort(taken)).rejects.toThrow(EmbeddedEngineError)
    await expect(requireFreePort(taken)).rejects.toThrow(
      `port ${taken} of 127.0.0.1 is taken: stop what listens there, choose another port`,
    )
  })

  it('accepts 0, a port that the system will choose', async () => {
    await expect(requireFreePort(0)).resolves.toBeUndefined()
  })

  it('accepts a free port, and leaves it free', async () => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    await requireFreePort(port)
    await expect(requireFreePort(port)).resolves.toBeUndefined()
  })
})

describe('requireMemory', () => {
  it('refuses a heap larger than the machine, naming both sizes', () => {
    expect(() => {
      requireMemory(100_000_000)
    }).toThrow(
      /a heap of 100000000 MiB does not fit: the node needs about 100000256 MiB and \d+ MiB are free\. Choose a smaller heap/,
    )
  })

  it('accepts a heap that fits', () => {
    expect(() => {
      requireMemory(1)
    }).not.toThrow()
  })
})
