import { describe, expect, it } from '@jest/globals'
import {
  normalizeBulkLimits,
  toBulkBodies,
  toBulkDocument,
  type BulkDocument,
} from '../../../src/indexer/bulk.js'

async function bodiesOf(
  documents: readonly BulkDocument<string>[],
  limits: Parameters<typeof normalizeBulkLimits>[0],
): Promise<string[][]> {
  async function* source(): AsyncGenerator<BulkDocument<string>> {
    for (const document of documents) yield await Promise.resolve(document)
  }
  const bodies: string[][] = []
  const normalized = normalizeBulkLimits({ flushAfterMs: Infinity, ...limits })
  for await (const body of toBulkBodies(source(), normalized)) bodies.push(body.map(({ id }) => id))
  return bodies
}

const document = (id: string, text = 'x') => toBulkDocument({ id }, { text }, id)

describe('toBulkDocument', () => {
  it('writes an action and a source line, and counts their bytes', () => {
    const { ndjson } = toBulkDocument({ id: 'a"b' }, { text: '줄\n바꿈' }, undefined)
    expect(ndjson.toString()).toBe('{"index":{"_id":"a\\"b"}}\n{"text":"줄\\n바꿈"}\n')
  })

  it('names the index, the routing and the action where they are not the usual', () => {
    const target = { id: 'a', index: 'other', routing: 'r', action: 'create' } as const
    const [action] = toBulkDocument(target, {}, undefined).ndjson.toString().split('\n')
    expect(JSON.parse(action!)).toEqual({ create: { _id: 'a', _index: 'other', routing: 'r' } })
  })
})

describe('toBulkBodies', () => {
  it('keeps the order and the limit of documents', async () => {
    const documents = ['a', 'b', 'c', 'd', 'e'].map((id) => document(id))
    expect(await bodiesOf(documents, { flushDocuments: 2 })).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  it('keeps the limit of bytes, and lets a document beyond it go alone', async () => {
    const size = document('a').ndjson.length
    const documents = [
      document('a'),
      document('b'),
      document('c'),
      document('d', 'x'.repeat(3 * size)),
      document('e'),
    ]
    expect(await bodiesOf(documents, { flushBytes: 2 * size })).toEqual([['a', 'b'], ['c'], ['d'], ['e']])
  })

  it('begins with small bodies, so that the engine has something to do, and doubles them up to the limit', async () => {
    const documents = Array.from({ length: 20 }, (_, at) => document(String(at), 'x'.repeat(100 * 1024)))
    const bodies = await bodiesOf(documents, { flushBytes: 1024 * 1024 })
    expect(bodies.map(({ length }) => length)).toEqual([2, 5, 10, 3])
  })

  it('never puts one id twice into a body', async () => {
    const documents = ['a', 'b', 'a', 'c', 'a', 'a'].map((id) => document(id))
    expect(await bodiesOf(documents, {})).toEqual([['a', 'b'], ['a', 'c'], ['a'], ['a']])
  })

  it('takes one id of two indices for two documents, but not one of two routings', async () => {
    const documents = [{}, { index: 'other' }, { routing: 'r' }].map((place) =>
      toBulkDocument({ id: 'a', ...place }, {}, ''),
    )
    expect(await bodiesOf(documents, {})).toEqual([['a', 'a'], ['a']])
  })

  it('lets no document wait longer than the limit of time for one that does not come', async () => {
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    async function* source(): AsyncGenerator<BulkDocument<string>> {
      yield document('a')
      yield document('b')
      await released
      yield document('c')
    }
    const bodies: string[][] = []
    for await (const body of toBulkBodies(source(), normalizeBulkLimits({ flushAfterMs: 0 }))) {
      bodies.push(body.map(({ id }) => id))
      release()
    }
    expect(bodies).toEqual([['a', 'b'], ['c']])
  })

  it('closes its source when its reader stops, though the next document is awaited', async () => {
    const closed: string[] = []
    async function* source(): AsyncGenerator<BulkDocument<string>> {
      try {
        yield await Promise.resolve(document('a'))
        yield document('a')
        yield document('a')
      } finally {
        closed.push('closed')
      }
    }
    for await (const body of toBulkBodies(source(), normalizeBulkLimits({}))) if (body.length === 1) break
    expect(closed).toEqual(['closed'])
  })

  it('makes no body of nothing', async () => {
    expect(await bodiesOf([], {})).toEqual([])
  })
})

describe('normalizeBulkLimits', () => {
  it.each([
    [{ flushBytes: 0 }, 'flushBytes must be an integer > 0, received 0'],
    [{ flushDocuments: 1.5 }, 'flushDocuments must be an integer > 0, received 1.5'],
    [{ flushAfterMs: -1 }, 'flushAfterMs must be a number >= 0, received -1'],
  ])('refuses %j', (limits, message) => {
    expect(() => normalizeBulkLimits(limits)).toThrow(message)
  })
})
