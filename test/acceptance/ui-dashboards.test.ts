import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../../src/engine/connect.js'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { deleteTelemetry } from '../telemetry-run.js'
import { NARROW, useBrowserPage, WIDE } from './browser-page.js'
import { EXAMPLES, useCliHome } from './cli-process.js'
import { firstUrl, scrollWidth, violations } from './page-checks.js'
import { startCliProxy } from './proxy-process.js'

const QUERY = '자동차가 시동이 안 걸려요'

describe.each(NEWEST_ENGINES.slice(0, 1))('the dashboards of ui on %s', (id) => {
  const home = useCliHome()
  const index = uniqueName('accept-dashboards')
  const at = ['--url', testEngine(id).url, '--index', index]
  let address: string
  const reader = useBrowserPage(() => address)

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
  })

  afterAll(async () => {
    await deleteAllTelemetry()
  })

  const open = async (dashboard: string): Promise<void> => {
    await reader.page.goto(`${address}/?view=dashboards&dashboard=splade-bridge-${dashboard}&range=24h`)
    await shown()
  }
  const shown = (): Promise<void> =>
    reader.page.locator('#dashboard-panel[aria-busy=false] :is(.panel, .empty)').first().waitFor()
  const panel = (name: string) => reader.page.locator(`.panel[data-panel=${name}]`)

  it('say which command makes telemetry while there is none, and show what it made', async () => {
    await reader.page.getByRole('tab', { name: 'Dashboards' }).click()
    await shown()
    expect(await reader.page.locator('.empty').textContent()).toContain(
      'splade-bridge search --telemetry hashed',
    )
    for (const query of [QUERY, '김치', 'what is it?'])
      await home.run(['search', ...at, '--telemetry', 'hashed', query])
    await home.run(['eval', ...at.slice(0, 2), '--telemetry', 'hashed', '--dataset', join(EXAMPLES, 'ko')])
    await fetch(`${testEngine(id).url}/logs-splade.*/_refresh`, { method: 'POST' })
    await reader.page.getByRole('button', { name: 'Refresh' }).click()
    await panel('searches').waitFor()
    expect(await panel('searches').locator('.big').textContent()).toBe('3')
    expect(await panel('zero-results').locator('.big').textContent()).toBe('1')
    expect(await reader.page.locator('.panel').count()).toBe(11)
    expect(reader.complaints).toEqual([])
  })

  it('lead from a query to its tokens, by the keyboard too', async () => {
    await open('search-overview')
    const query = panel('slowest').getByRole('button').first()
    const hash = (await query.textContent())!
    await query.press('Enter')
    await reader.page.getByRole('tab', { name: 'Token explorer', selected: true }).waitFor()
    await shown()
    expect(new URL(reader.page.url()).searchParams.get('splade.query.hash')).toBe(hash)
    expect(await panel('queries').locator('tbody tr').count()).toBe(1)
    await reader.page.goBack()
    await reader.page.getByRole('tab', { name: 'Search overview', selected: true }).waitFor()
    await shown()
    expect(await panel('slowest').getByRole('button').first().textContent()).toBe(hash)
    await reader.page.goForward()
    await reader.page.getByRole('tab', { name: 'Token explorer', selected: true }).waitFor()
    await shown()
    await reader.page.getByRole('tab', { name: 'Token explorer' }).press('End')
    await reader.page.getByRole('tab', { name: 'Proxy health', selected: true }).waitFor()
    await shown()
    expect(await reader.page.locator('.empty').textContent()).toContain('splade-bridge proxy')
  })

  it('follow the choice of an index, and are the same after a reload', async () => {
    await open('search-overview')
    await reader.page.getByRole('combobox', { name: 'Index' }).selectOption(index)
    await reader.page.waitForURL((url) => url.searchParams.get('splade.index') === index)
    await reader.page.reload()
    await shown()
    expect(await reader.page.getByRole('combobox', { name: 'Index' }).inputValue()).toBe(index)
    expect(await panel('searches').locator('.big').textContent()).toBe('3')
  })

  it.each(['light', 'dark'])('break no rule of accessibility that axe knows, in %s', async (theme) => {
    await reader.page.getByLabel('Theme').selectOption(theme)
    for (const dashboard of ['search-overview', 'token-explorer', 'relevance', 'ingest', 'proxy-health']) {
      await reader.page.setViewportSize(WIDE)
      await open(dashboard)
      expect(await violations(reader.page)).toEqual([])
      await reader.page.setViewportSize(NARROW)
      expect(await violations(reader.page)).toEqual([])
      expect(await scrollWidth(reader.page)).toBeLessThanOrEqual(NARROW.width)
    }
  })

  it('speak Korean', async () => {
    await reader.page.getByRole('button', { name: '한국어' }).click()
    await open('token-explorer')
    expect(await panel('cloud').locator('h2').textContent()).toBe('토큰')
    expect(await panel('cloud').locator('li').allTextContents()).toContain('김치')
  })
  it('say that the proxy records no contributions, where there is nothing else', async () => {
    await deleteAllTelemetry()
    const proxy = await startCliProxy(home, ['--upstream', testEngine(id).url, '--telemetry', 'hashed'])
    const answer = await fetch(`${proxy.url}/${index}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: { splade: { field: 'splade', text: QUERY } } }),
    })
    expect(answer.status).toBe(200)
    await proxy.stop()
    await fetch(`${testEngine(id).url}/logs-splade.*/_refresh`, { method: 'POST' })
    await open('token-explorer')
    const given = reader.page.getByRole('group', { name: 'What tokens give to the best hits' })
    expect(await given.textContent()).toContain('these events come from the proxy')
    expect(await given.locator('.bars').count()).toBe(0)
  })
})
