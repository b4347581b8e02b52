import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { sendJson, startStubServer, type StubServer } from '../../stub-server.js'
import { wholeBody } from '../../whole-body.js'

interface CountRequest {
  readonly aggs?: { readonly terms: { readonly filters: { readonly filters: readonly object[] } } }
}

const INDEX = { index: 'i', field: 'f', fieldType: 'rank_features' } as const

let server: StubServer
let client: EngineClient
let termsAsked: number[]
let incomplete: boolean

// Which requests are sent is invisible to a real engine's user, so a stub counts them.
beforeEach(async () => {
  termsAsked = []
  incomplete = false
  server = await startStubServer((request, response) => {
    void wholeBody(request).then((text) => {
      if (request.url === '/') {
        sendJson(response, 200, { version: { distribution: 'opensearch', number: '3.0.0' } })
        return
      }
      const filters = (JSON.parse(text) as CountRequest).aggs?.terms.filters.filters ?? []
      termsAsked.push(filters.length)
      const buckets = filters.slice(incomplete ? 1 : 0).map((_, position) => ({ doc_count: position }))
      sendJson(response, 200, { hits: { total: { value: 1000 } }, aggregations: { terms: { buckets } } })
    })
  })
  client = await connect({ url: server.url })
})
afterEach(async () => {
  await client.close()
  await server.close()
})

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `t${from + n}`)

describe('createIndexStatistics', () => {
  it('asks for many terms in batches', async () => {
    const statistics = createIndexStatistics(client, INDEX)
    const { documentFrequencies } = await statistics.read(numbered(1201))
    expect(termsAsked).toEqual([500, 500, 201])
    expect(documentFrequencies.get('t1200')).toBe(200)
  })

  it('asks only for terms that it does not know, and not at all where it knows them', async () => {
    const statistics = createIndexStatistics(client, INDEX)
    await statistics.read(numbered(3))
    await statistics.read(numbered(5))
    const { documentCount, documentFrequencies } = await statistics.read(['t1', 't4'])
    expect(termsAsked).toEqual([3, 2])
    expect(documentCount).toBe(1000)
    expect(documentFrequencies).toEqual(
      new Map([
        ['t1', 1],
        ['t4', 1],
      ]),
    )
  })

  it('asks every time where nothing may be kept', async () => {
    const statistics = createIndexStatistics(client, { ...INDEX, cacheMs: 0 })
    await statistics.read(['t1'])
    await statistics.read(['t1'])
    expect(termsAsked).toEqual([1, 1])
  })

  it('forgets the least recently used terms beyond its limit', async () => {
    const statistics = createIndexStatistics(client, { ...INDEX, cacheTerms: 2 })
    await statistics.read(['a', 'b'])
    await statistics.read(['a'])
    await statistics.read(['c'])
    await statistics.read(['a', 'c'])
    expect(termsAsked).toEqual([2, 1])
    await statistics.read(['b'])
    expect(termsAsked).toEqual([2, 1, 1])
  })

  it('fails where the engine counted fewer terms than asked', async () => {
    incomplete = true
    const statistics = createIndexStatistics(client, INDEX)
    await expect(statistics.read(['a', 'b'])).rejects.toThrow('the engine counted 1 of 2 terms')
  })

  it.each(['cacheMs', 'cacheTerms'])('refuses a negative %s', (option) => {
    expect(() => createIndexStatistics(client, { ...INDEX, [option]: -1 })).toThrow(
      `${option} must be a number >= 0, received -1`,
    )
  })
})
