import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DASHBOARDS, dashboardObjects, type Product, PRODUCTS } from '../../../src/dashboards/bundle.js'
import type { ChartPanel, Panel, VegaPanel } from '../../../src/dashboards/definition.js'
import type { EngineClient, EngineRequester } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { member, numberMember } from '../../../src/engine/json.js'
import { readDashboard } from '../../../src/web/telemetry-dashboards.js'
import {
  INTERVAL_MS,
  kibanaRequests,
  LENS_INTERVAL,
  openSearchRequests,
  type PanelRequest,
  readRows,
} from '../../dashboard-requests.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { differences, expectedRows } from '../../telemetry-ledger.js'
import { type CountedRun, deleteTelemetry, runWithTelemetry } from '../../telemetry-run.js'
import { askStreams } from '../../telemetry-streams.js'

/** `SEARCHES=3000` for a long run. */
const SEARCHES = Number(process.env.SEARCHES ?? 100)

describe.each(NEWEST_ENGINES)('the panels on %s', (id) => {
  const namespace = uniqueName('panels')
  const index = uniqueName('panels-docs')
  let client: EngineClient
  let counted: CountedRun
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    counted = await runWithTelemetry(client, { index, namespace, searches: SEARCHES })
  }, 1_800_000)
  afterAll(async () => {
    await deleteIndices(client, 'panels-docs-')
    await deleteTelemetry(client, namespace)
    await client.close()
  })

  const ask = (request: PanelRequest): Promise<unknown> => askStreams(client, namespace, request)

  it.each(PRODUCTS)('of %s all have something to show', async (product) => {
    for (const request of await requestsFor(product)) {
      const shown = member(await ask(request), ...request.property.split('.'))
      const size = Array.isArray(shown) ? shown.length : shown
      expect([request.name, Number(size) > 0]).toEqual([request.name, true])
    }
  })

  it.each(PRODUCTS)('of %s show what was counted apart from them', async (product) => {
    const requests = await requestsFor(product)
    let compared = 0
    for (const [dashboard, panel] of figurePanels()) {
      const name = `${dashboard}${product === 'kibana' ? '/' : '-'}${panel.id}`
      const request = requests.find((candidate) => candidate.name === name)
      if (request?.names === undefined) continue
      const figures = product === 'kibana' ? withLensIntervals(panel) : panel
      const expected = expectedRows(counted.ledger, figures, INTERVAL_MS)
      expect([name, differences(figures, readRows(request, await ask(request)), expected)]).toEqual([
        name,
        [],
      ])
      compared++
    }
    expect(compared).toBe(figurePanels().filter(([, { type }]) => type === 'chart').length)
  })

  it('of the page, Vega among them, show what was counted apart from them', async () => {
    let compared = 0
    for (const { id: dashboard, panels } of DASHBOARDS) {
      const answer = await readDashboard(within(client, namespace), { dashboard, range: '24h' })
      for (const panel of panels) {
        const { rows, error } = answer.panels[panel.id]!
        expect([panel.id, error, rows.length > 0]).toEqual([panel.id, undefined, true])
        if (panel.type === 'events') continue
        const expected = expectedRows(counted.ledger, panel, answer.intervalMs)
        const shown = rows.map(({ keys, values }) => ({
          keys,
          values: values as readonly (number | string | null)[],
        }))
        expect([panel.id, differences(panel, shown, expected)]).toEqual([panel.id, []])
        compared++
      }
    }
    expect(compared).toBe(figurePanels().length)
  })

  it('of the page list the slowest searches, the slowest first', async () => {
    const answer = await readDashboard(within(client, namespace), {
      dashboard: 'splade-bridge-search-overview',
      range: '24h',
    })
    const times = answer.panels.slowest!.rows.map(({ values }) => Math.fround(Number(values[0])))
    const counts = counted.ledger
      .filter(({ dataset }) => dataset === 'splade.query')
      .map(({ fields }) => Number(fields['splade.query.total_ms']))
    expect(times).toEqual(counts.sort((a, b) => b - a).slice(0, 20))
  })

  it('of the page follow filters and time, and offer the values that there are', async () => {
    const page = within(client, namespace)
    const dashboard = 'splade-bridge-relevance'
    const all = await readDashboard(page, { dashboard, range: '24h' })
    expect([...all.choices['splade.model']!].sort()).toEqual(['bm25', 'engine', 'ko-en-mini'])
    const bm25 = await readDashboard(page, { dashboard, range: '24h', filters: { 'splade.model': ['bm25'] } })
    expect(bm25.panels.models!.rows.map(({ keys }) => keys[0])).toEqual(['bm25'])
    expect([...bm25.choices['splade.model']!].sort()).toEqual(['bm25', 'engine', 'ko-en-mini'])
    const later = await readDashboard(page, { dashboard, range: '15m' }, Date.now() + 86_400_000)
    expect(later.panels.models!.rows).toEqual([])
  })

  it('of the page name queries by their text, of which one can be chosen', async () => {
    const page = within(client, namespace)
    const of = { dashboard: 'splade-bridge-token-explorer', range: '24h' } as const
    const { choices, panels } = await readDashboard(page, of)
    const [text = ''] = choices['splade.query.text']!
    expect(panels.queries!.rows.map(({ values }) => values[0])).toContain(text)
    const chosen = await readDashboard(page, { ...of, filters: { 'splade.query.text': [text] } })
    expect(chosen.panels.queries!.rows.map(({ values }) => values[0])).toEqual([text])
    expect(chosen.panels.frequent!.rows.length).toBeGreaterThan(0)
    expect(chosen.panels.frequent!.rows.length).toBeLessThan(panels.frequent!.rows.length)
  })

  it('of the page keep evaluations of two models, and of two methods, apart', async () => {
    const page = within(client, namespace)
    const { panels } = await readDashboard(page, { dashboard: 'splade-bridge-relevance', range: '24h' })
    const lexical = panels.methods!.rows.filter(({ keys }) => keys.includes('bm25'))
    expect(lexical.map(({ keys, values }) => [...keys, values[0]])).toEqual([
      ['ko', 'bm25', 'bm25', Math.fround(0.75)],
      ['ko', 'bm25', 'engine', Math.fround(0.6)],
    ])
    const ofModel = panels.models!.rows.filter(({ keys }) => keys[0] === 'ko-en-mini')
    expect(ofModel.map(({ keys }) => keys[1]).sort()).toEqual(['hybrid', 'sparse'])
    const { values } = ofModel.find(({ keys }) => keys[1] === 'hybrid')!
    // Seven evaluations from 0.83 on, each 1/80 above the one before.
    expect(values[3]).toBeCloseTo(0.83 + 3 / 80, 5)
  })

  it('count the searches, documents and tokens that the run itself has counted', async () => {
    const answer = await readDashboard(within(client, namespace), {
      dashboard: 'splade-bridge-search-overview',
      range: '24h',
    })
    const number = (panel: string): unknown => answer.panels[panel]?.rows[0]?.values[0]
    expect(number('searches')).toBe(counted.searches)
    expect(counted.foundNothing).toBeGreaterThan(0)
    expect(number('zero-results')).toBe(counted.foundNothing)
    const ingest = (await requestsFor('kibana')).find(({ name }) => name === 'splade-bridge-ingest/indexed')!
    expect(numberMember(await ask(ingest), 'aggregations', 'metric-0', 'value')).toBe(counted.documents)
    const tokens = await readDashboard(within(client, namespace), {
      dashboard: 'splade-bridge-token-explorer',
      range: '24h',
    })
    for (const { keys, values } of tokens.panels.frequent!.rows)
      expect([keys[0], values[0]]).toEqual([keys[0], counted.tokenUses.get(String(keys[0]))])
  })
})

async function requestsFor(product: Product): Promise<readonly PanelRequest[]> {
  const objects = await dashboardObjects(product)
  return product === 'kibana' ? kibanaRequests(objects) : openSearchRequests(objects)
}

/** Dashboard, and panel with figures. */
function figurePanels(): readonly (readonly [string, ChartPanel | VegaPanel])[] {
  const hasFigures = (panel: Panel): panel is ChartPanel | VegaPanel => panel.type !== 'events'
  return DASHBOARDS.flatMap(({ id, panels }) =>
    panels.filter(hasFigures).map((panel) => [id, panel] as const),
  )
}

function withLensIntervals<Figures extends ChartPanel | VegaPanel>(panel: Figures): Figures {
  const buckets = panel.buckets.map((bucket) => {
    return bucket.by === 'interval' ? { ...bucket, width: LENS_INTERVAL } : bucket
  })
  return { ...panel, buckets }
}

/** The engine as the page asks it, with the streams of this run alone. */
function within(client: EngineClient, namespace: string): EngineRequester {
  return {
    request: ({ ndjson, ...rest }) =>
      client.request({
        ...rest,
        ...(ndjson !== undefined && {
          ndjson: ndjson.toString().replace(/("index":"logs-splade\.\w+-)\*"/g, `$1${namespace}"`),
        }),
      }),
  }
}
