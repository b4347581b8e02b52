import { describe, expect, it } from '@jest/globals'
import { toBulkDocument } from '../../../src/indexer/bulk.js'
import { BulkWriter, writeBodies } from '../../../src/indexer/bulk-writer.js'

type Body = Parameters<BulkWriter<undefined>['submit']>[0]

const bodyOf = (...ids: string[]): Body => ids.map((id) => toBulkDocument({ id }, {}, undefined))

/** Writes that end when they are told to. */
class Writes {
  readonly begun: string[] = []
  private readonly ends = new Map<string, (error?: Error) => void>()

  readonly write = (body: Body): Promise<void> => {
    const name = body.map(({ id }) => id).join('')
    this.begun.push(name)
    return new Promise((resolve, reject) => {
      this.ends.set(name, (error) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })
  }

  async end(name: string, error?: Error): Promise<void> {
    this.ends.get(name)!(error)
    await settle()
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('BulkWriter', () => {
  it('writes as many bodies at a time as the limit lets, also while that changes', async () => {
    const writes = new Writes()
    const limit = { current: 2 }
    const writer = new BulkWriter(writes.write, limit)
    const submitted = (async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await writer.submit(bodyOf(id))
      await writer.drain()
    })()
    await settle()
    expect(writes.begun).toEqual(['a', 'b'])
    await writes.end('b')
    expect(writes.begun).toEqual(['a', 'b', 'c'])
    limit.current = 1
    await writes.end('a')
    expect(writes.begun).toEqual(['a', 'b', 'c'])
    for (const id of ['c', 'd', 'e']) await writes.end(id)
    await submitted
    expect(writes.begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('holds a body back while one of its documents is being written', async () => {
    const writes = new Writes()
    const writer = new BulkWriter(writes.write, { current: 8 })
    await writer.submit(bodyOf('x', 'y'))
    const second = writer.submit(bodyOf('y', 'z'))
    await settle()
    expect(writes.begun).toEqual(['xy'])
    await writes.end('xy')
    await second
    expect(writes.begun).toEqual(['xy', 'yz'])
    await writes.end('yz')
    await writer.drain()
  })

  it('takes no body after a failure, and tells of it once nothing is in flight', async () => {
    const writes = new Writes()
    const failures: unknown[] = []
    const writer = new BulkWriter(writes.write, { current: 2 }, (error) => failures.push(error))
    await writer.submit(bodyOf('a'))
    await writer.submit(bodyOf('b'))
    const third = writer.submit(bodyOf('c'))
    const refused = expect(third).rejects.toThrow('the engine is gone')
    await writes.end('a', new Error('the engine is gone'))
    await refused
    expect(failures).toEqual([new Error('the engine is gone')])
    let drained = false
    const drain = writer.drain().finally(() => (drained = true))
    const told = expect(drain).rejects.toThrow('the engine is gone')
    await settle()
    expect(drained).toBe(false)
    await writes.end('b')
    await told
    expect(writes.begun).toEqual(['a', 'b'])
  })
})

describe('writeBodies', () => {
  async function* bodies(...ids: string[]): AsyncGenerator<Body> {
    for (const id of ids) yield await Promise.resolve(bodyOf(id))
  }

  it('ends once all bodies are written', async () => {
    const writes = new Writes()
    const { write } = writes
    let ended = false
    const failing = new AbortController()
    const all = writeBodies(bodies('a', 'b'), { write, limit: { current: 2 }, failing })
    const end = all.then(() => (ended = true))
    await settle()
    await writes.end('b')
    expect(ended).toBe(false)
    await writes.end('a')
    await end
    expect(failing.signal.aborted).toBe(false)
  })

  it('aborts what waits with the first failure, and throws that', async () => {
    const writes = new Writes()
    const { write } = writes
    const failing = new AbortController()
    const all = writeBodies(bodies('a', 'b', 'c', 'd'), { write, limit: { current: 2 }, failing })
    const thrown = expect(all).rejects.toThrow('gone')
    await settle()
    await writes.end('b', new Error('gone'))
    expect(failing.signal.reason).toEqual(new Error('gone'))
    await writes.end('a')
    await thrown
    expect(writes.begun).toEqual(['a', 'b'])
  })

  it('throws what the source throws, once what was taken on is written', async () => {
    const writes = new Writes()
    async function* broken(): AsyncGenerator<Body> {
      yield await Promise.resolve(bodyOf('a'))
      throw new Error('cut input')
    }
    const { write } = writes
    const failing = new AbortController()
    const thrown = expect(writeBodies(broken(), { write, limit: { current: 2 }, failing })).rejects.toThrow(
      'cut input',
    )
    await settle()
    await writes.end('a')
    await thrown
  })
})
