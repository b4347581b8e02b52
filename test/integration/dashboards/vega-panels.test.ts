import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { DASHBOARDS, dashboardObjects } from '../../../src/dashboards/bundle.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { member } from '../../../src/engine/json.js'
import { openSearchRequests } from '../../dashboard-requests.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { deleteTelemetry, runWithTelemetry } from '../../telemetry-run.js'
import { askStreams } from '../../telemetry-streams.js'
import { drawVega, openVegaPage, startBrowser } from '../../vega-page.js'

/** `SEARCHES=3000` for a long run; `SCREENSHOTS=1` draws the pictures of the documentation anew. */
const SEARCHES = Number(process.env.SEARCHES ?? 100)
const IMAGES = process.env.SCREENSHOTS === '1' ? join(import.meta.dirname, '../../../docs/images') : undefined

describe.each(NEWEST_ENGINES)('the Vega panels on %s', (id) => {
  const namespace = uniqueName('vega')
  const index = uniqueName('vega-docs')
  let client: EngineClient
  let browser: Browser
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    await runWithTelemetry(client, { index, namespace, searches: SEARCHES })
    browser = await startBrowser()
  }, 1_800_000)
  afterAll(async () => {
    await browser.close()
    await deleteIndices(client, 'vega-docs-')
    await deleteTelemetry(client, namespace)
    await client.close()
  })

  it.each(vegaPanels())('draw %s in a browser', async (name, spec) => {
    const requests = openSearchRequests(await dashboardObjects('opensearch'))
    const request = requests.find((candidate) => candidate.name === name)!
    const values = member(await askStreams(client, namespace, request), ...request.property.split('.'))
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

/** Id of the saved object, and specification, of each Vega panel. */
function vegaPanels(): readonly (readonly [string, object])[] {
  return DASHBOARDS.flatMap((dashboard) =>
    dashboard.panels.flatMap((panel) =>
      panel.type === 'vega' ? [[`${dashboard.id}-${panel.id}`, panel.spec] as const] : [],
    ),
  )
}
