import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { DASHBOARDS, dashboardObjects, PRODUCTS } from '../../../src/dashboards/bundle.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { arrayMember, type JsonObject, member, numberMember } from '../../../src/engine/json.js'
import { DATASETS, streamName } from '../../../src/telemetry/streams.js'
import { kibanaRequests, openSearchRequests, type PanelRequest } from '../../dashboard-requests.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type CountedRun, runWithTelemetry } from '../../telemetry-run.js'
import { drawVega, openVegaPage, startBrowser } from '../../vega-page.js'

/** `SEARCHES=3000` for a long run; `SCREENSHOTS=1` draws the pictures of the documentation anew. */
const SEARCHES = Number(process.env.SEARCHES ?? 100)
const IMAGES = process.env.SCREENSHOTS === '1' ? join(import.meta.dirname, '../../../docs/images') : undefined

describe.each(NEWEST_ENGINES)('the panels on %s', (id) => {
  const namespace = uniqueName('panels')
  const index = uniqueName('panels-docs')
  /** Part of every distribution; from Elasticsearch 8 on in a module that is not published by itself. */
  const hasAutomaticIntervals = id.startsWith('opensearch')
  let client: EngineClient
  let browser: Browser
  let counted: CountedRun
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    counted = await runWithTelemetry(client, { index, namespace, searches: SEARCHES })
    browser = await startBrowser()
  }, 600_000)
  afterAll(async () => {
    await browser.close()
    await deleteIndices(client, 'panels-docs-')
    if (id.startsWith('opensearch'))
      await client.request({ method: 'DELETE', path: `/_data_stream/logs-splade.*-${namespace}` })
    else for (const dataset of DATASETS) await deleteIndices(client, streamName(dataset, namespace))
    await client.close()
  })

  /** Asks as a panel does, among the events of this run. */
  async function ask({ index: pattern, body }: PanelRequest): Promise<unknown> {
    const filter = [{ term: { 'data_stream.namespace': namespace } }, ...(body.query ? [body.query] : [])]
    const { body: answer } = await client.request({
      method: 'POST',
      path: `/${pattern}/_search`,
      body: { ...(hasAutomaticIntervals ? body : withFixedIntervals(body)), query: { bool: { filter } } },
    })
    return answer
  }

  async function requestsFor(product: (typeof PRODUCTS)[number]): Promise<readonly PanelRequest[]> {
    const objects = await dashboardObjects(product)
    return product === 'kibana' ? kibanaRequests(objects) : openSearchRequests(objects)
  }

  it.each(PRODUCTS)('of %s all have something to show', async (product) => {
    for (const request of await requestsFor(product)) {
      const shown = member(await ask(request), ...request.property.split('.'))
      const size = Array.isArray(shown) ? shown.length : shown
      expect([request.name, Number(size) > 0]).toEqual([request.name, true])
    }
  })

  it('count what was counted apart from them', async () => {
    const requests = await requestsFor('kibana')
    const panel = async (name: string): Promise<unknown> => {
      const request = requests.find((candidate) => candidate.name === `splade-bridge-${name}`)
      return ask(request!)
    }
    const total = async (name: string): Promise<number | undefined> =>
      numberMember(await panel(name), 'hits', 'total', 'value')
    expect(await total('search-overview/searches')).toBe(counted.searches)
    expect(counted.foundNothing).toBeGreaterThan(0)
    expect(await total('search-overview/zero-results')).toBe(counted.foundNothing)
    const indexed = await panel('ingest/indexed')
    expect(numberMember(indexed, 'aggregations', 'metric-0', 'value')).toBe(counted.documents)
    const frequent = arrayMember(
      await panel('token-explorer/frequent'),
      'aggregations',
      'bucket-0',
      'buckets',
    )
    for (const bucket of frequent) {
      const token = String(member(bucket, 'key'))
      expect([token, numberMember(bucket, 'doc_count')]).toEqual([token, counted.tokenUses.get(token)])
    }
    const most = Math.max(...counted.tokenUses.values())
    expect(numberMember(frequent[0], 'doc_count')).toBe(most)
  })

  it.each(vegaPanels())('draw %s in a browser', async (name, spec) => {
    const requests = await requestsFor('opensearch')
    const request = requests.find((candidate) => candidate.name === name)!
    const values = member(await ask(request), ...request.property.split('.'))
    const page = await openVegaPage(browser)
    const drawing = await drawVega(page, spec, values)
    expect(drawing.warnings).toEqual([])
    expect(drawing.marks).toBeGreaterThan(1)
    expect(drawing.texts.join(' ')).not.toMatch(/undefined|NaN|null/)
    if (IMAGES !== undefined && id.startsWith('opensearch'))
      await page.locator('#view').screenshot({ path: join(IMAGES, `${name}.png`) })
    await page.close()
  })
})

function withFixedIntervals(body: JsonObject): JsonObject {
  const text = JSON.stringify(body)
  const fixed = text.replace(
    /"auto_date_histogram":{"field":"(.*?)","buckets":\d+}/g,
    '"date_histogram":{"field":"$1","fixed_interval":"30m"}',
  )
  return JSON.parse(fixed) as JsonObject
}

/** Id of the saved object, and specification, of each Vega panel. */
function vegaPanels(): readonly (readonly [string, object])[] {
  return DASHBOARDS.flatMap((dashboard) =>
    dashboard.panels.flatMap((panel) =>
      panel.type === 'vega' ? [[`${dashboard.id}-${panel.id}`, panel.spec] as const] : [],
    ),
  )
}
