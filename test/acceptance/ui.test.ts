import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES, testEngine } from '../engines.js'
import { EXAMPLES } from './cli-process.js'
import { useUiPage } from './ui-page.js'

const QUERY = '자동차가 시동이 안 걸려요'

describe.each(NEWEST_ENGINES.slice(0, 1))('the page of ui on %s', (id) => {
  const ui = useUiPage(id, [join(EXAMPLES, 'ko/corpus.jsonl'), join(EXAMPLES, 'en/corpus.jsonl')])
  const { index, reader, search: typeQuery } = ui
  const column = (method: string) => reader.page.locator(`.column[data-method=${method}]`)
  const titles = (method: string): Promise<string[]> => column(method).locator('h3').allTextContents()
  /** Waits until a search that the given action starts has been answered and drawn. */
  const searching = async (action: () => Promise<void>): Promise<void> => {
    const answered = reader.page.waitForResponse((response) => response.url().endsWith('/api/search'))
    await action()
    await answered
    await reader.page.locator('.found[aria-busy=false]').waitFor()
  }

  it('shows three lists while a query is typed, with marked text and what made each score', async () => {
    await typeQuery(QUERY)
    expect((await titles('sparse'))[0]).toBe('차량 시동이 걸리지 않을 때')
    expect(await titles('hybrid')).toEqual(expect.arrayContaining(await titles('bm25')))
    const best = column('sparse').locator('.hit').first()
    expect(await best.locator('mark').allTextContents()).toContain('시동')
    expect(await best.locator('.bar.expansion .term').first().textContent()).toContain('자동차')
    expect(new URL(reader.page.url()).searchParams.get('q')).toBe(QUERY)
    expect(new Set(reader.asked)).toEqual(new Set([ui.address]))
    expect(reader.complaints).toEqual([])
  })

  it('shows all terms of a hit, which add up to its score', async () => {
    await typeQuery(QUERY)
    const best = column('sparse').locator('.hit').first()
    await best.getByRole('button', { name: /^\d+ more$/ }).click()
    const figures = await best.locator('.figure').allTextContents()
    const score = Number(await best.locator('.score').textContent())
    // Figures are rounded to two places.
    expect(Math.abs(figures.map(Number).reduce((a, b) => a + b, 0) - score)).toBeLessThan(
      0.01 * figures.length,
    )
  })

  it('names the query tokens that a hit lacks, all of them from the keyboard', async () => {
    await typeQuery(QUERY)
    await reader.page.getByRole('button', { name: /^Show all/ }).click()
    const asked = await reader.page.locator('.token').count()
    const hit = column('sparse').locator('.hit').nth(1)
    const lacks = hit.locator('.missed')
    expect(await lacks.textContent()).toMatch(/^Lacks: [^,]+, [^,]+, [^,]+, [^,]+\d+ more$/)
    await lacks.getByRole('button', { name: /more query tokens that it lacks/ }).press('Enter')
    const lacking = (await lacks.locator('span').textContent())!.replace('Lacks: ', '').split(', ')
    const terms = hit.getByRole('button', { name: /^\d+ more$/ })
    if ((await terms.count()) > 0) await terms.click()
    const having = await hit.locator('.bar').count()
    expect(lacking.length + having).toBe(asked)
    expect(await column('bm25').locator('.missed').count()).toBe(0)
    expect(await column('hybrid').locator('.missed').count()).toBeGreaterThan(0)
  })

  it('shows a bar for each whole word where asked to, with the same score, and remembers it', async () => {
    await typeQuery('훈민정음을 만든 왕')
    const hits = column('sparse').locator('.hit')
    const barsOf = async (): Promise<{ readonly names: string[]; readonly sum: number }> => {
      const closed = hits.getByRole('button', { name: /^\d+ more$/ })
      while ((await closed.count()) > 0) await closed.first().click()
      const figures = await hits.locator('.bars .figure').allTextContents()
      const names = await hits.locator('.bars .term').allTextContents()
      return { names, sum: figures.reduce((sum, figure) => sum + Number(figure), 0) }
    }
    const tokens = await barsOf()
    await reader.page.getByRole('radio', { name: 'token', exact: true }).focus()
    await reader.page.keyboard.press('ArrowRight')
    const words = await barsOf()
    expect(await reader.page.getByRole('radio', { name: 'whole word' }).isChecked()).toBe(true)
    expect(words.names.length).toBeLessThan(tokens.names.length)
    expect(Math.abs(words.sum - tokens.sum)).toBeLessThan(0.01 * tokens.names.length)
    expect(await hits.nth(1).locator('.missed').textContent()).toMatch(/^Lacks: 훈민정음을, 왕, /)
    await reader.page.reload()
    await typeQuery('훈민정음을 만든 왕')
    expect(await reader.page.getByRole('radio', { name: 'whole word' }).isChecked()).toBe(true)
  })

  it('ranks anew when a token is switched off, and when the weights are put back', async () => {
    await typeQuery(QUERY)
    const before = await column('sparse').locator('.score').allTextContents()
    const lexical = await titles('bm25')
    await searching(() => reader.page.getByRole('checkbox', { name: 'Use 시동', exact: true }).uncheck())
    const without = await column('sparse').locator('.score').allTextContents()
    expect(Number(without[0])).toBeLessThan(Number(before[0]))
    expect(
      await column('sparse').locator('.hit').first().locator('.bar .term').allTextContents(),
    ).not.toContain('시동')
    expect(await titles('bm25')).toEqual(lexical)
    await searching(() => reader.page.getByRole('button', { name: 'Reset weights' }).click())
    expect(await column('sparse').locator('.score').allTextContents()).toEqual(before)
  })

  it('takes another weight from the keyboard', async () => {
    await typeQuery(QUERY)
    const before = Number(await column('sparse').locator('.score').first().textContent())
    const slider = reader.page.getByRole('slider', { name: 'Weight of 시동', exact: true })
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
    expect(await reader.page.locator('.side').textContent()).toContain('no token that the model knows')
  })

  it('says that its server does not answer, and goes on when it does', async () => {
    await typeQuery(QUERY)
    await reader.page.route('**/api/search', (route) => route.abort())
    await reader.page.getByRole('searchbox').fill('김치')
    await reader.page.getByRole('alert').waitFor()
    expect(await reader.page.getByRole('alert').textContent()).toContain('does not answer')
    await reader.page.unroute('**/api/search')
    await typeQuery('훈민정음')
    expect(await reader.page.getByRole('alert').count()).toBe(0)
    expect((await titles('sparse')).length).toBeGreaterThan(0)
  })

  it('says that it works on the first query, as long as there is nothing else to see', async () => {
    const { page } = reader
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => (answer = resolve))
    await page.route('**/api/search', async (route) => {
      await held
      await route.continue()
    })
    await page.getByRole('searchbox').fill(QUERY)
    const status = page.getByRole('status').first()
    await page.getByText('Working…').waitFor()
    expect((await status.boundingBox())?.width).toBeGreaterThan(50)
    answer()
    await page.locator('.found[aria-busy=false] .hit').first().waitFor()
    expect((await status.boundingBox())?.width).toBe(1)
    await page.unroute('**/api/search')
  })

  it("shows the engine's own reason where it refuses a search", async () => {
    const engine = (action: string) =>
      fetch(`${testEngine(id).url}/${index}/${action}`, { method: 'POST' }).then(({ status }) => status)
    await typeQuery(QUERY)
    expect(await engine('_close')).toBe(200)
    await reader.page.getByRole('searchbox').fill('김치')
    await reader.page.getByRole('alert').waitFor()
    expect(await reader.page.getByRole('alert').textContent()).toMatch(/closed/)
    expect(await engine('_open')).toBe(200)
    expect(await engine('_refresh')).toBe(200)
  })

  it('shows what the model makes of a text, in the text', async () => {
    await reader.page.getByRole('tab', { name: 'Encode a text' }).click()
    await reader.page.getByLabel('Text', { exact: true }).fill('서울 지하철')
    await reader.page.locator('.encoded[aria-busy=false]').waitFor()
    expect(await reader.page.locator('.heat').textContent()).toBe('서울 지하철')
    expect(await reader.page.locator('.heat .hot').allTextContents()).toContain('서울')
    expect(await reader.page.locator('section[aria-labelledby=added-title] .bar').count()).toBeGreaterThan(0)
    const status = reader.page.getByRole('status')
    const asDocument = await status.textContent()
    await reader.page.getByRole('radio', { name: 'Query' }).check()
    await reader.page.locator('.encoded[aria-busy=false]').waitFor()
    expect(await status.textContent()).toContain('active tokens')
    expect(await status.textContent()).not.toBe(asDocument)
  })

  it('keeps what was typed and changed while another view is looked at, and goes back to it', async () => {
    await typeQuery(QUERY)
    const token = reader.page.getByRole('checkbox', { name: 'Use 시동', exact: true })
    await searching(() => token.uncheck())
    const scores = await column('sparse').locator('.score').allTextContents()
    const search = reader.page.url()
    await reader.page.getByRole('tab', { name: 'Encode a text' }).click()
    expect(await reader.page.getByRole('searchbox').count()).toBe(0)
    await reader.page.getByLabel('Text', { exact: true }).fill('서울 지하철')
    await reader.page.getByRole('tab', { name: 'Search', exact: true }).click()
    expect(await reader.page.getByRole('searchbox').inputValue()).toBe(QUERY)
    expect([await token.isChecked(), reader.page.url()]).toEqual([false, search])
    expect(await column('sparse').locator('.score').allTextContents()).toEqual(scores)
    await reader.page.goBack()
    expect(await reader.page.getByLabel('Text', { exact: true }).inputValue()).toBe('서울 지하철')
    await reader.page.goBack()
    expect([await token.isChecked(), reader.page.url()]).toEqual([false, search])
  })

  it('starts with the weights of the model when a query is typed again', async () => {
    await typeQuery(QUERY)
    const token = reader.page.getByRole('checkbox', { name: 'Use 시동', exact: true })
    await searching(() => token.uncheck())
    await typeQuery('김치')
    await typeQuery(QUERY)
    expect(await token.isChecked()).toBe(true)
  })

  it('hands out the query for other clients', async () => {
    await typeQuery(QUERY)
    const code = reader.page.locator('pre')
    const json = (await code.textContent())!.split('\n').slice(1).join('\n')
    const { url } = testEngine(id)
    const answer = await fetch(`${url}/${index}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json,
    })
    const { hits } = (await answer.json()) as { hits: { hits: { _source: { title: string } }[] } }
    expect(hits.hits.map(({ _source }) => _source.title)).toEqual(await titles('sparse'))
    await reader.page.getByRole('tab', { name: 'Query JSON' }).press('ArrowRight')
    expect(await code.textContent()).toContain(`curl '${url}/${index}/_search`)
  })

  it('copies the query, or selects it where the browser lets no page copy', async () => {
    const copy = reader.page.getByRole('button', { name: 'Copy' })
    const selected = (): Promise<unknown> => reader.page.evaluate('getSelection().toString()')
    await reader.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await typeQuery(QUERY)
    await copy.click()
    await reader.page.getByRole('button', { name: 'Copied' }).waitFor()
    const text = await reader.page.locator('pre').textContent()
    expect(await reader.page.evaluate('navigator.clipboard.readText()')).toBe(text)
    expect(await selected()).toBe('')
    // As from another machine: a name that is not of this one, over plain HTTP.
    const elsewhere = 'http://search.example'
    await reader.page.route(`${elsewhere}/**`, async (route) => {
      const url = route.request().url().replace(elsewhere, ui.address)
      await route.fulfill({ response: await route.fetch({ url }) })
    })
    await reader.page.goto(elsewhere)
    await typeQuery(QUERY)
    await copy.click()
    await reader.page.getByText('The text is selected').waitFor()
    expect(await selected()).toBe(text)
    // The browser itself says which of the page's headers it takes over HTTPS only.
    expect(reader.complaints.filter((text) => !text.startsWith('The Cross-Origin-Opener-Policy'))).toEqual([])
  })

  it('answers nobody who asks under another name, or from another site', async () => {
    const headers = { 'content-type': 'text/plain' }
    expect((await fetch(`${ui.address}/api/search`, { method: 'POST', headers, body: '{}' })).status).toBe(
      415,
    )
    expect(
      (await fetch(`${ui.address}/api/info`, { headers: { 'sec-fetch-site': 'cross-site' } })).status,
    ).toBe(403)
    expect(await statusUnder('localhost', `${ui.address}/api/info`)).toBe(200)
    expect(await statusUnder('rebound.example', `${ui.address}/api/info`)).toBe(403)
  })

  it('ends at Ctrl-C though a page is open', async () => {
    ui.running.child.kill('SIGINT')
    expect(await ui.running.result).toMatchObject({ code: 0 })
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
