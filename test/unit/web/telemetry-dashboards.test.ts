import { describe, expect, it } from '@jest/globals'
import type { EngineRequest } from '../../../src/engine/client.js'
import { listDashboards, readDashboard } from '../../../src/web/telemetry-dashboards.js'
import { COLUMN_NAMES } from '../../../web/src/dashboards/column-names.js'
import { KOREAN_TERMS } from '../../../web/src/dashboards/korean-terms.js'

const NOW = Date.UTC(2026, 0, 2)

/** An engine that refuses the first search and has nothing for the others. */
function engine(): {
  readonly asked: EngineRequest[]
  request: (request: EngineRequest) => Promise<{ status: number; body: unknown }>
} {
  const asked: EngineRequest[] = []
  return {
    asked,
    request: (request) => {
      asked.push(request)
      const refused = { error: { type: 'x', reason: 'too many buckets' } }
      return Promise.resolve({ status: 200, body: { responses: [refused] } })
    },
  }
}

describe('the dashboards of the page', () => {
  it('have a Korean word for every title and label but names of measures', () => {
    const words = listDashboards().dashboards.flatMap(({ title, controls, panels }) => [
      title.replace('[splade-bridge] ', ''),
      ...controls.map(({ label }) => label),
      ...panels.flatMap((panel) => [
        panel.title,
        ...[...panel.buckets, ...panel.metrics].map(({ label }) => COLUMN_NAMES[label] ?? label),
      ]),
    ])
    const isName = (word: string): boolean => /^(p\d+|NDCG@\d+|MRR@\d+)$/.test(word)
    expect(words.filter((word) => !isName(word) && KOREAN_TERMS[word] === undefined)).toEqual([])
  })

  it('are asked for in one request, with the range and the filters in every search', async () => {
    const { asked, request } = engine()
    const filters = { 'splade.index': ['docs'] }
    await readDashboard({ request }, { dashboard: 'splade-bridge-ingest', range: '24h', filters }, NOW)
    expect(asked.map(({ path }) => path)).toEqual(['/_msearch'])
    const bodies = asked[0]!
      .ndjson!.toString()
      .trim()
      .split('\n')
      .filter((_, place) => place % 2 === 1)
    const time = { gte: NOW - 86_400_000, lte: NOW, format: 'epoch_millis' }
    for (const body of bodies) expect(body).toContain(JSON.stringify({ '@timestamp': time }))
    // All but the values that the index itself can be chosen from.
    const filtered = bodies.filter((body) => body.includes('{"terms":{"splade.index":["docs"]}}'))
    expect(filtered).toHaveLength(bodies.length - 1)
  })

  it("carry the engine's reason where it refuses a panel, and go on with the others", async () => {
    const answer = await readDashboard(engine(), { dashboard: 'splade-bridge-ingest', range: '1h' }, NOW)
    expect(answer.panels.indexed).toEqual({ rows: [], error: 'x: too many buckets' })
    expect(answer.panels.throughput?.error).toBeUndefined()
  })

  it.each([
    [{ dashboard: 'other' }, /^dashboard must be one of .*received "other"/],
    [{ dashboard: 'splade-bridge-ingest', filters: { _id: ['1'] } }, /^filters must be of .*received "_id"/],
  ])('refuse %j', async (request, message) => {
    await expect(readDashboard(engine(), { range: '1h', ...request })).rejects.toThrow(message)
  })
})
