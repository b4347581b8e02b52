import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { startBrowser } from '../vega-page.js'
import { EXAMPLES, type RunningCli, useCliHome } from './cli-process.js'
import { firstUrl, violations } from './page-checks.js'

const QUERY = '자동차가 시동이 안 걸려요'

describe.each(NEWEST_ENGINES.slice(0, 1))('the page of ui on %s', (id) => {
  const home = useCliHome()
  const index = uniqueName('accept-ui')
  const at = ['--url', testEngine(id).url, '--index', index]
  let running: RunningCli
  let address: string
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let asked: string[]
  let complaints: string[]

  beforeAll(async () => {
    await home.run(['index', ...at, join(EXAMPLES, 'ko/corpus.jsonl'), join(EXAMPLES, 'en/corpus.jsonl')])
    running = home.start(['ui', ...at, '--listen', '127.0.0.1:0', '--json'])
    address = await firstUrl(running)
    browser = await startBrowser()
  })

  afterAll(async () => {
    await browser.close()
  })

  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 1000 } })
    page = await context.newPage()
    asked = []
    complaints = []
    page.on('request', (request) => asked.push(new URL(request.url()).origin))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(address)
  })

  afterEach(async () => {
    await context.close()
  })

  const column = (method: string) => page.locator(`.column[data-method=${method}]`)
  const titles = (method: string): Promise<string[]> => column(method).locator('h3').allTextContents()
  const typeQuery = async (query: string): Promise<void> => {
    await page.getByRole('searchbox').fill(query)
    await page.locator('.found[aria-busy=false]').waitFor()
  }
  /** Waits until a search that the given action starts has been answered and drawn. */
  const searching = async (action: () => Promise<void>): Promise<void> => {
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/search'))
    await action()
    await answered
    await page.locator('.found[aria-busy=false]').waitFor()
  }

  it('shows three lists while a query is typed, with marked text and what made each score', async () => {
    await typeQuery(QUERY)
    expect((await titles('sparse'))[0]).toBe('차량 시동이 걸리지 않을 때')
    expect(await titles('hybrid')).toEqual(expect.arrayContaining(await titles('bm25')))
    const best = column('sparse').locator('.hit').first()
    expect(await best.locator('mark').allTextContents()).toContain('시동')
    expect(await best.locator('.bar.expansion .term').first().textContent()).toContain('자동차')
    expect(new URL(page.url()).searchParams.get('q')).toBe(QUERY)
    expect(new Set(asked)).toEqual(new Set([address]))
    expect(complaints).toEqual([])
  })

  it('shows all terms of a hit, which add up to its score', async () => {
    await typeQuery(QUERY)
    const best = column('sparse').locator('.hit').first()
    await best.getByRole('button', { name: /more/ }).click()
    const figures = await best.locator('.figure').allTextContents()
    const score = Number(await best.locator('.score').textContent())
    // Figures are rounded to two places.
    expect(Math.abs(figures.map(Number).reduce((a, b) => a + b, 0) - score)).toBeLessThan(
      0.01 * figures.length,
    )
  })

  it('ranks anew when a token is switched off, and when the weights are put back', async () => {
    await typeQuery(QUERY)
    const before = await column('sparse').locator('.score').allTextContents()
    const lexical = await titles('bm25')
    await searching(() => page.getByRole('checkbox', { name: 'Use 시동', exact: true }).uncheck())
    const without = await column('sparse').locator('.score').allTextContents()
    expect(Number(without[0])).toBeLessThan(Number(before[0]))
    expect(
      await column('sparse').locator('.hit').first().locator('.bar .term').allTextContents(),
    ).not.toContain('시동')
    expect(await titles('bm25')).toEqual(lexical)
    await searching(() => page.getByRole('button', { name: 'Reset weights' }).click())
    expect(await column('sparse').locator('.score').allTextContents()).toEqual(before)
  })

  it('takes another weight from the keyboard', async () => {
    await typeQuery(QUERY)
    const before = Number(await column('sparse').locator('.score').first().textContent())
    const slider = page.getByRole('slider', { name: 'Weight of 시동', exact: true })
    await slider.focus()
    await searching(() => slider.press('Home'))
    expect(await slider.getAttribute('aria-valuetext')).toBe('0.00')
    expect(Number(await column('sparse').locator('.score').first().textContent())).toBeLessThan(before)
    await searching(() => slider.press('End'))
    expect(Number(await column('sparse').locator('.score').first().textContent())).toBeGreaterThan(before)
  })

  it('says plainly that nothing matches', async () => {
    await typeQuery('what is it?')
    expect(await column('sparse').textContent()).toContain('the query has no token that can be searched')
    expect(await page.locator('.side').textContent()).toContain('no token that the model knows')
  })

  it('says that its server does not answer, and goes on when it does', async () => {
    await typeQuery(QUERY)
    await page.route('**/api/search', (route) => route.abort())
    await page.getByRole('searchbox').fill('김치')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('does not answer')
    await page.unroute('**/api/search')
    await typeQuery('훈민정음')
    expect(await page.getByRole('alert').count()).toBe(0)
    expect((await titles('sparse')).length).toBeGreaterThan(0)
  })

  it("shows the engine's own reason where it refuses a search", async () => {
    const engine = (action: string) =>
      fetch(`${testEngine(id).url}/${index}/${action}`, { method: 'POST' }).then(({ status }) => status)
    await typeQuery(QUERY)
    expect(await engine('_close')).toBe(200)
    await page.getByRole('searchbox').fill('김치')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/closed/)
    expect(await engine('_open')).toBe(200)
    expect(await engine('_refresh')).toBe(200)
  })

  it('shows what the model makes of a text, in the text', async () => {
    await page.getByRole('tab', { name: 'Encode a text' }).click()
    await page.getByLabel('Text', { exact: true }).fill('서울 지하철')
    await page.locator('.heat .hot', { hasText: '서울' }).waitFor()
    expect(await page.locator('.heat').textContent()).toBe('서울 지하철')
    expect(await page.locator('section[aria-labelledby=added-title] .bar').count()).toBeGreaterThan(0)
    await page.getByLabel('Query').check()
    await page.getByRole('status').filter({ hasText: 'active tokens' }).waitFor()
  })

  it('hands out the query for other clients', async () => {
    await typeQuery(QUERY)
    const code = page.locator('pre')
    const json = (await code.textContent())!.split('\n').slice(1).join('\n')
    const { url } = testEngine(id)
    const answer = await fetch(`${url}/${index}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json,
    })
    const { hits } = (await answer.json()) as { hits: { hits: { _source: { title: string } }[] } }
    expect(hits.hits.map(({ _source }) => _source.title)).toEqual(await titles('sparse'))
    await page.getByRole('tab', { name: 'Query JSON' }).press('ArrowRight')
    expect(await code.textContent()).toContain(`curl '${url}/${index}/_search`)
  })

  it.each(['light', 'dark'])('breaks no rule of accessibility that axe knows, in %s', async (theme) => {
    await page.getByLabel('Theme').selectOption(theme)
    await typeQuery(QUERY)
    expect(await violations(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await violations(page)).toEqual([])
    await page.getByRole('tab', { name: 'Encode a text' }).click()
    await page.locator('.heat .hot').first().waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('speaks Korean, remembers it, and fits a narrow screen', async () => {
    await page.getByRole('button', { name: '한국어' }).click()
    await page.reload()
    await page.setViewportSize({ width: 360, height: 780 })
    await typeQuery(QUERY)
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko')
    await page.getByRole('tab', { name: '하이브리드' }).click()
    expect(await column('hybrid').isVisible()).toBe(true)
    expect(await column('sparse').isVisible()).toBe(false)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  })

  it('answers nobody who asks under another name, or from another site', async () => {
    const headers = { 'content-type': 'text/plain' }
    expect((await fetch(`${address}/api/search`, { method: 'POST', headers, body: '{}' })).status).toBe(415)
    expect((await fetch(`${address}/api/info`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
      403,
    )
    expect(await statusUnder('localhost', `${address}/api/info`)).toBe(200)
    expect(await statusUnder('rebound.example', `${address}/api/info`)).toBe(403)
  })

  it('ends at Ctrl-C though a page is open', async () => {
    running.child.kill('SIGINT')
    expect(await running.result).toMatchObject({ code: 0 })
  })
})

/** `fetch` sends no Host but its own. */
function statusUnder(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject).end()
  })
}
