import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EventDocument, toDocuments } from '../../../src/telemetry/event-documents.js'
import { INGEST_EVENT, PROXY_EVENT, QUALITY_EVENT, QUERY_EVENT, WRITE_EVENT } from '../../telemetry-events.js'

const AT = new Date('2026-11-24T04:00:00Z')
const CONTEXT = { service: { name: 'splade-bridge', version: '0.1.0' } }
const EVENTS = [QUERY_EVENT, INGEST_EVENT, WRITE_EVENT, QUALITY_EVENT, PROXY_EVENT]

describe('the documents of an event', () => {
  it('are one for a query and one for each of its tokens, tied by an id', () => {
    const [query, ...tokens] = toDocuments(QUERY_EVENT, AT, CONTEXT)
    expect(query?.body).toMatchObject({
      '@timestamp': '2026-11-24T04:00:00.000Z',
      data_stream: { type: 'logs', dataset: 'splade.query', namespace: 'default' },
      service: CONTEXT.service,
      event: { dataset: 'splade.query', outcome: 'success', duration: 10_000_000 },
      splade: { query: { active_tokens: 2, expansion_tokens: 1, hits: 1, zero_result: false, other_ms: 3 } },
    })
    const { id } = query!.body.event as { readonly id: string }
    expect(tokens.map(({ body }) => body)).toMatchObject([
      { event: { id }, splade: { token: { name: '심근경색', weight: 2.5, rank: 1, expansion: false } } },
      { event: { id }, splade: { token: { name: '심장', weight: 0.5, rank: 2, expansion: true } } },
    ])
  })

  it('say that nothing was found', () => {
    const [query] = toDocuments({ ...QUERY_EVENT, hits: 0 }, AT, CONTEXT)
    expect(query?.body).toMatchObject({ splade: { query: { hits: 0, zero_result: true } } })
  })

  it('say what is known of a query through the proxy, and leave out the rest', () => {
    const { type, index, model, prunedTokens, timings } = QUERY_EVENT
    const tokens = [{ token: 'car', weight: 2 }]
    const known = { type, index, model, prunedTokens, timings, tokens, totalHits: 0, failed: true }
    const [query, token] = toDocuments(known, AT, CONTEXT)
    expect(query?.body).toMatchObject({ event: { outcome: 'failure' } })
    const written = queryOf(query!)
    expect(written).toMatchObject({ active_tokens: 1, total_hits: 0, zero_result: true })
    for (const name of ['hash', 'text', 'hits', 'expansion_tokens', 'top_score'])
      expect(written).not.toHaveProperty(name)
    expect(token?.body.splade).toMatchObject({ token: { name: 'car', weight: 2, rank: 1 } })
    expect(token?.body.splade).not.toHaveProperty('token.expansion')
  })

  it('have the times of a request that was rewritten', () => {
    const timings = { encodeMs: 1, engineMs: 2, ownMs: 3 }
    const [request] = toDocuments({ ...PROXY_EVENT, timings }, AT, CONTEXT)
    expect(request?.body).toMatchObject({ splade: { proxy: { encode_ms: 1, engine_ms: 2, own_ms: 3 } } })
  })

  it('hold a hash of the text, the same for the same text, and the text only where asked for', () => {
    const [hashed, typed, other] = [
      toDocuments(QUERY_EVENT, AT, CONTEXT),
      toDocuments(QUERY_EVENT, AT, { ...CONTEXT, queryText: true }),
      toDocuments({ ...QUERY_EVENT, text: 'other' }, AT, CONTEXT),
    ].map((documents) => queryOf(documents[0]!))
    expect(hashed).not.toHaveProperty('text')
    expect(typed).toMatchObject({ text: QUERY_EVENT.text, hash: hashed!.hash })
    expect(other!.hash).not.toBe(hashed!.hash)
  })

  it('leave out all but the heaviest tokens of a long query', () => {
    const tokens = Array.from({ length: 100 }, (_, n) => ({
      token: `t${n}`,
      weight: 100 - n,
      expansion: false,
    }))
    const [query, ...parts] = toDocuments({ ...QUERY_EVENT, tokens }, AT, CONTEXT)
    expect(queryOf(query!).active_tokens).toBe(100)
    expect(parts).toHaveLength(64)
    expect(parts.at(-1)?.body).toMatchObject({ splade: { token: { name: 't63' } } })
  })

  it('give means of what was encoded, and a rate over the time of the event', () => {
    const [{ body } = { body: {} }] = toDocuments(INGEST_EVENT, AT, CONTEXT)
    expect(body).toMatchObject({
      event: { action: 'load-finished', outcome: 'failure' },
      splade: {
        ingest: {
          command: 'index',
          documents_per_second: 0.3,
          dead_lettered: 1,
          tokens: { mean: 150, max: 200 },
        },
      },
    })
  })

  it('say of documents on their way through the proxy what was encoded, and not what became of them', () => {
    const [document] = toDocuments(WRITE_EVENT, AT, CONTEXT)
    expect(document).toMatchObject({
      dataset: 'splade.ingest',
      body: { event: { action: 'write', outcome: 'success', duration: 10_000_000_000 } },
    })
    expect(document?.body.splade).toEqual({
      ...{ index: 'articles', model: 'ko-en-mini' },
      ingest: {
        ...{ command: 'proxy', run: 'a-proxy', encoded: 3, chunked: 0, truncated: 1, fragmented: 0 },
        tokens: { mean: 30, max: 50 },
        active_tokens: { mean: 20, max: 30 },
      },
    })
  })

  it('tell a client that left from a failure of the engine', () => {
    const statusOf = (status: number): unknown =>
      toDocuments({ ...PROXY_EVENT, status }, AT, CONTEXT)[0]?.body.splade
    expect(statusOf(0)).toEqual({ proxy: { kind: 'rewritten', status_class: 'cancelled' } })
    expect(statusOf(503)).toEqual({ proxy: { kind: 'rewritten', status_class: '5xx' } })
  })

  it('have no field that the index template lacks', () => {
    const known = templateFields()
    const used = EVENTS.flatMap((event) => toDocuments(event, AT, { ...CONTEXT, queryText: true }))
      .map(({ body }) => fieldsOf(body))
      .flat()
    expect(used.filter((field) => !known.has(field))).toEqual([])
  })
})

function queryOf({ body }: EventDocument): Record<string, unknown> {
  return (body.splade as { readonly query: Record<string, unknown> }).query
}

function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, inner]) =>
    fieldsOf(inner, path === '' ? name : `${path}.${name}`),
  )
}

function templateFields(): ReadonlySet<string> {
  const path = join(import.meta.dirname, '../../../mappings/telemetry.json')
  const { template } = JSON.parse(readFileSync(path, 'utf8')) as { readonly template: { mappings: object } }
  const paths = fieldsOf(template.mappings).filter((field) => field.endsWith('.type'))
  return new Set(paths.map((field) => field.replace(/(^|\.)properties\./g, '$1').replace(/\.type$/, '')))
}
