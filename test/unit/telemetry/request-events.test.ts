import { describe, expect, it } from '@jest/globals'
import type { TelemetryEvent } from '../../../src/telemetry/events.js'
import { createRequestEvents } from '../../../src/telemetry/request-events.js'
import type { ObservedQuery, ObservedRequest } from '../../../src/telemetry/request-observer.js'

const QUERY: ObservedQuery = {
  index: 'articles',
  encoder: {
    identity: { name: 'a-model', fingerprint: 'f' },
    locate: () => new Map([['car', [[0, 3]]]]),
  },
  text: 'car',
  vector: new Map([
    ['car', 2],
    ['auto', 1],
  ]),
  prunedTokens: 3,
  encodeMs: 4,
}
const ANSWER = '{"took":1,"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}'

function recorded(
  target: string,
  work: (observed: ObservedRequest) => void = () => undefined,
): readonly TelemetryEvent[] {
  const events: TelemetryEvent[] = []
  const observer = createRequestEvents({ record: (event) => events.push(event) })
  const observed = observer.begin({
    method: 'POST',
    target,
    scheme: 'http',
    authority: undefined,
    headers: {},
  })
  if (observed !== undefined) work(observed)
  observer.close()
  return events
}

describe('events of requests', () => {
  it('say what became of a request that passed', () => {
    const events = recorded('/articles/_search', (observed) => {
      observed.end({ kind: 'passed', status: 200, durationMs: 5 })
    })
    expect(events).toEqual([{ type: 'proxy', kind: 'passed', method: 'POST', status: 200, durationMs: 5 }])
  })

  it('say what was written, at the latest when the proxy is closed', () => {
    const [request, write] = recorded('/articles/_bulk', (observed) => {
      observed.documents({
        ...{ index: 'articles', model: 'a-model', documents: 1, chunked: 0, truncated: 0, fragmented: 0 },
        ...{ tokenCounts: [7], activeTokens: [5] },
      })
      observed.end({ kind: 'rewritten', status: 200, durationMs: 5 })
    })
    expect(request).toMatchObject({ type: 'proxy', kind: 'rewritten' })
    expect(write).toMatchObject({ type: 'write', index: 'articles', encoded: { tokens: { sum: 7 } } })
  })

  it('say why the proxy refused one', () => {
    const [event] = recorded('/articles/_search', (observed) => {
      observed.end({ kind: 'refused', status: 403, durationMs: 5, refused: 'security_exception' })
    })
    expect(event).toMatchObject({ kind: 'refused', status: 403, refused: 'security_exception' })
  })

  it('have times for a rewritten one, and an event for each of its queries', () => {
    const [request, query] = recorded('/articles/_search', (observed) => {
      observed.bodyRead()
      observed.step({ kind: 'encode' }).end()
      observed.query(QUERY)
      const step = observed.step({ kind: 'upstream', method: 'POST', target: '/articles/_search' })
      step.end({ status: 200 })
      step.end({ error: 'cancelled' })
      observed.answering({ status: 200 })
      observed.answerData(Buffer.from(ANSWER.slice(0, 20)))
      observed.answerData(Buffer.from(ANSWER.slice(20)))
      observed.end({ kind: 'rewritten', status: 200, durationMs: 5 })
    })
    expect(request).toMatchObject({ type: 'proxy', kind: 'rewritten' })
    expect(Object.keys((request as { timings?: object }).timings!)).toEqual(['engineMs', 'encodeMs', 'ownMs'])
    expect(query).toMatchObject({
      type: 'query',
      index: 'articles',
      model: 'a-model',
      text: 'car',
      tokens: [
        { token: 'car', weight: 2, expansion: false },
        { token: 'auto', weight: 1, expansion: true },
      ],
      prunedTokens: 3,
      totalHits: 0,
      timings: { encodeMs: 4 },
    })
  })

  it('leave out hits of an answer that is an error, and say that the search failed', () => {
    const [, query] = recorded('/articles/_search', (observed) => {
      observed.query(QUERY)
      observed.answering({ status: 503 })
      observed.answerData(Buffer.from(ANSWER))
      observed.end({ kind: 'rewritten', status: 503, durationMs: 5 })
    })
    expect(query).toMatchObject({ failed: true })
    expect(query).not.toHaveProperty('totalHits')
  })

  it('hold no query of a request that was refused', () => {
    const events = recorded('/articles/_search', (observed) => {
      observed.query(QUERY)
      observed.end({ kind: 'refused', status: 429, durationMs: 5 })
    })
    expect(events.map(({ type }) => type)).toEqual(['proxy'])
  })

  it.each([
    '/logs-splade.query-default/_search',
    '/logs-splade.*-*/_search?size=0',
    '/articles,logs-splade.proxy-default/_count',
    '/articles%2Clogs-splade.proxy-default/_count',
    '/.ds-logs-splade.proxy-default-2026.11.27-000001/_search',
  ])('are not made of %s', (target) => {
    expect(
      recorded(target, (observed) => {
        observed.end({ kind: 'passed', status: 200, durationMs: 1 })
      }),
    ).toEqual([])
  })

  it.each(['/', '/logs-*/_search', '/my-logs-splade.x/_search', '/_bulk'])('are made of %s', (target) => {
    const end = (observed: ObservedRequest): void => {
      observed.end({ kind: 'passed', status: 200, durationMs: 1 })
    }
    expect(recorded(target, end)).toHaveLength(1)
  })
})
