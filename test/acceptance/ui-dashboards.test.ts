import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { connect } from '../../src/engine/connect.js'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { deleteTelemetry } from '../telemetry-run.js'
import { startBrowser } from '../vega-page.js'
import { EXAMPLES, useCliHome } from './cli-process.js'
import { firstUrl, violations } from './page-checks.js'

const QUERY = '자동차가 시동이 안 걸려요'

describe.each(NEWEST_ENGINES.slice(0, 1))('the dashboards of ui on %s', (id) => {
  const home = useCliHome()
  const index = uniqueName('accept-dashboards')
  const at = ['--url', testEngine(id).url, '--index', index]
  let address: string
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  // The page shows every namespace, so what other files left on the shared node has to go first.
  const deleteAllTelemetry = async (): Promise<void> => {
    const client = await connect({ url: testEngine(id).url })
    await deleteTelemetry(client, '*')
    await client.close()
  }

  beforeAll(async () => {
    await deleteAllTelemetry()
    await home.run(['index', ...at, join(EXAMPLES, 'ko/corpus.jsonl')])
    address = await firstUrl(home.start(['ui', ...at, '--listen', '127.0.0.1:0', '--json']))
    browser = await startBrowser()
  })

  afterAll(async () => {
    await browser.close()
    await deleteAllTelemetry()
  })

  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 1000 } })
    page = await context.newPage()
    complaints = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(address)
  })

  afterEach(async () => {
    await context.close()
  })

  const open = async (dashboard: string): Promise<void> => {
    await page.goto(`${address}/?view=dashboards&dashboard=splade-bridge-${dashboard}&range=24h`)
    await shown()
  }
  const shown = (): Promise<void> =>
    page.locator('#dashboard-panel[aria-busy=false] :is(.panel, .empty)').first().waitFor()
  const panel = (name: string) => page.locator(`.panel[data-panel=${name}]`)

  it('say which command makes telemetry while there is none, and show what it made', async () => {
    await page.getByRole('tab', { name: 'Dashboards' }).click()
    await shown()
    expect(await page.locator('.empty').textContent()).toContain('splade-bridge search --telemetry hashed')
    for (const query of [QUERY, '김치', 'what is it?'])
      await home.run(['search', ...at, '--telemetry', 'hashed', query])
    await home.run(['eval', ...at.slice(0, 2), '--telemetry', 'hashed', '--dataset', join(EXAMPLES, 'ko')])
    await fetch(`${testEngine(id).url}/logs-splade.*/_refresh`, { method: 'POST' })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await panel('searches').waitFor()
    expect(await panel('searches').locator('.big').textContent()).toBe('3')
    expect(await panel('zero-results').locator('.big').textContent()).toBe('1')
    expect(await page.locator('.panel').count()).toBe(11)
    expect(complaints).toEqual([])
  })

  it('lead from a query to its tokens, by the keyboard too', async () => {
    await open('search-overview')
    const query = panel('slowest').getByRole('button').first()
    const hash = (await query.textContent())!
    await query.press('Enter')
    await page.getByRole('tab', { name: 'Token explorer', selected: true }).waitFor()
    await shown()
    expect(new URL(page.url()).searchParams.get('splade.query.hash')).toBe(hash)
    expect(await panel('queries').locator('tbody tr').count()).toBe(1)
    await page.getByRole('tab', { name: 'Token explorer' }).press('End')
    await page.getByRole('tab', { name: 'Proxy health', selected: true }).waitFor()
    await shown()
    expect(await page.locator('.empty').textContent()).toContain('splade-bridge proxy')
  })

  it('follow the choice of an index, and are the same after a reload', async () => {
    await open('search-overview')
    await page.getByRole('combobox', { name: 'Index' }).selectOption(index)
    await page.waitForURL((url) => url.searchParams.get('splade.index') === index)
    await page.reload()
    await shown()
    expect(await page.getByRole('combobox', { name: 'Index' }).inputValue()).toBe(index)
    expect(await panel('searches').locator('.big').textContent()).toBe('3')
  })

  it.each(['light', 'dark'])('break no rule of accessibility that axe knows, in %s', async (theme) => {
    await page.getByLabel('Theme').selectOption(theme)
    for (const dashboard of ['search-overview', 'token-explorer', 'relevance', 'ingest', 'proxy-health']) {
      await page.setViewportSize({ width: 1440, height: 1000 })
      await open(dashboard)
      expect(await violations(page)).toEqual([])
      await page.setViewportSize({ width: 360, height: 780 })
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    }
  })

  it('speak Korean', async () => {
    await page.getByRole('button', { name: '한국어' }).click()
    await open('token-explorer')
    expect(await panel('cloud').locator('h2').textContent()).toBe('토큰')
    expect(await panel('cloud').locator('li').allTextContents()).toContain('김치')
  })
})
