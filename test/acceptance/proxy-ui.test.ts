import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { basic, type GuardedEngine, startGuardedEngine } from '../guarded-engine.js'
import { askServer } from '../proxy-harness.js'
import { startBrowser } from '../vega-page.js'
import { EXAMPLES, useCliHome } from './cli-process.js'
import { type ProxyProcess, startCliProxy } from './proxy-process.js'

const QUERY = '자동차가 시동이 안 걸려요'
const BEST = '차량 시동이 걸리지 않을 때'
const ALICE = basic('alice', 'secret-a')
const OWN = basic('proxy', 'secret-p')
const KEY = 'key-of-the-proxy'

describe.each(NEWEST_ENGINES.slice(0, 1))('the page of proxy --ui before %s', (id) => {
  const home = useCliHome()
  const index = uniqueName('accept-proxy-ui')
  const { url } = testEngine(id)
  let browser: Browser
  let engine: GuardedEngine
  const open: { close(): Promise<unknown> }[] = []

  beforeAll(async () => {
    await home.run(['index', '--url', url, '--index', index, join(EXAMPLES, 'ko/corpus.jsonl')])
    browser = await startBrowser()
    const anything = /./
    engine = await startGuardedEngine(
      url,
      new Map([
        [ALICE, anything],
        [OWN, anything],
        [basic('bob', 'secret-b'), /^\/$/],
      ]),
    )
  })
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  afterAll(async () => {
    await browser.close()
    await engine.close()
    await askServer(url, { method: 'DELETE', target: `/${index}` })
  })

  async function proxyWith(args: readonly string[], env: Record<string, string> = {}): Promise<ProxyProcess> {
    const proxy = await startCliProxy(home, ['--ui', '--ui-index', index, ...args], { env })
    open.push({ close: () => proxy.stop() })
    return proxy
  }

  interface Visit {
    readonly page: Page
    readonly complaints: string[]
    readonly asked: string[]
    readonly status: number | undefined
  }

  async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ locale: 'en-US', ...options })
    open.push(context)
    const page = await context.newPage()
    const complaints: string[] = []
    const asked: string[] = []
    page.on('request', (sent) => asked.push(sent.url()))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', ({ message }) => complaints.push(message))
    const answer = await page.goto(address)
    return { page, complaints, asked, status: answer?.status() }
  }

  async function bestOf(page: Page): Promise<string | undefined> {
    await page.getByRole('searchbox').fill(QUERY)
    await page.locator('.found[aria-busy=false]').waitFor()
    const titles = await page.locator('.column[data-method=sparse] h3').allTextContents()
    return titles[0]
  }

  it('searches an engine without security, and loads nothing from elsewhere', async () => {
    const proxy = await proxyWith(['--upstream', url])
    expect(proxy.printed.ui).toBe(`${proxy.url}/_splade/ui/`)
    const { page, complaints, asked } = await visit(`${proxy.url}/_splade/ui`)
    expect(await bestOf(page)).toBe(BEST)
    expect(page.url()).toBe(`${proxy.url}/_splade/ui/?q=${encodeURIComponent(QUERY).replaceAll('%20', '+')}`)
    expect(asked.filter((address) => !address.startsWith(`${proxy.url}/_splade/ui`))).toEqual([])
    expect(complaints).toEqual([])
    await page.getByRole('tab', { name: 'Query JSON' }).press('ArrowRight')
    expect(await page.locator('pre').textContent()).toContain(`curl '${proxy.url}/${index}/_search`)
    await page.locator('.code').getByLabel('Method').selectOption('hybrid')
    expect(await page.locator('pre').textContent()).toContain(`curl '${proxy.url}/${index}/_search`)
    await page.getByRole('tab', { name: 'curl' }).press('ArrowLeft')
    const json = (await page.locator('pre').textContent())!.split('\n').slice(1).join('\n')
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${proxy.url}/${index}/_search`, { method: 'POST', headers, body: json })
    const { hits } = (await answer.json()) as { readonly hits: { readonly hits: readonly { _id: string }[] } }
    expect(hits.hits.map(({ _id }) => _id)).toEqual(
      await page.locator('.column[data-method=hybrid] .id').allTextContents(),
    )
    await page.reload()
    await page.locator('.found[aria-busy=false]').waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe(QUERY)
  })

  it('passes requests beside it through, and answers nobody under another name or from another site', async () => {
    const proxy = await proxyWith(['--upstream', url])
    const target = `/${index}/_count`
    expect(await askServer(proxy.url, { target })).toEqual(await askServer(url, { target }))
    const info = '/_splade/ui/api/info'
    const page = await askServer(proxy.url, { target: '/_splade/ui/' })
    expect(page.headers.join('\n')).toContain("default-src 'none'")
    const strangers = await fetch(proxy.url + info, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(strangers.status).toBe(403)
    expect((await askServer(proxy.url, { target: '/_splade/uix' })).status).toBe(404)
    expect((await askServer(proxy.url, { target: '/_splade/ui/no-such' })).status).toBe(404)
    const port = new URL(proxy.url).port
    const named = await statusUnder(`rebound.example:${port}`, proxy.url, info)
    expect([named, await statusUnder(`localhost:${port}`, proxy.url, info)]).toEqual([403, 200])
  })

  it('asks for the credentials of the caller, and uses them and no others', async () => {
    // The settings hold credentials, which --credentials caller must not use.
    const env = { SPLADE_BRIDGE_USERNAME: 'proxy', SPLADE_BRIDGE_PASSWORD: 'secret-p' }
    const proxy = await proxyWith(['--upstream', engine.url], env)
    const address = `${proxy.url}/_splade/ui/`
    const before = engine.authorizations.length
    const refused = await askServer(proxy.url, { target: '/_splade/ui/' })
    expect(refused.status).toBe(401)
    expect(refused.headers).toEqual(expect.arrayContaining(['www-authenticate']))
    const { page, complaints } = await visit(address, {
      httpCredentials: { username: 'alice', password: 'secret-a' },
    })
    expect(await bestOf(page)).toBe(BEST)
    // A browser looks for an icon of the page that asked it for a password.
    expect(complaints.filter((text) => !/401|404/.test(text))).toEqual([])
    expect(new Set(engine.authorizations.slice(before))).toEqual(new Set(['', ALICE]))
    const asBob = { headers: ['Authorization', basic('bob', 'secret-b')], target: '/_splade/ui/api/info' }
    const forbidden = await askServer(proxy.url, asBob)
    expect([forbidden.status, forbidden.body.toString()]).toEqual([
      403,
      expect.stringContaining('action is unauthorized'),
    ])
  })

  it('is behind the key of a proxy with credentials of its own, which browsers send as a password', async () => {
    const env = {
      SPLADE_BRIDGE_USERNAME: 'proxy',
      SPLADE_BRIDGE_PASSWORD: 'secret-p',
      SPLADE_BRIDGE_PROXY_KEY: KEY,
    }
    const proxy = await proxyWith(['--upstream', engine.url, '--credentials', 'configured'], env)
    const before = engine.authorizations.length
    for (const target of ['/_splade/ui/', '/_splade/ui/page.js', '/_splade/ui/api/info'])
      for (const headers of [[], ['Authorization', ALICE]])
        expect((await askServer(proxy.url, { target, headers })).status).toBe(401)
    expect(engine.authorizations).toHaveLength(before)
    const asVisitor = ['Authorization', basic('anybody', KEY)]
    // Only for the page: browsers send what they remember with requests of other sites, too.
    expect((await askServer(proxy.url, { target: `/${index}/_count`, headers: asVisitor })).status).toBe(401)
    const { page } = await visit(`${proxy.url}/_splade/ui/`, {
      httpCredentials: { username: 'anybody', password: KEY },
    })
    expect(await bestOf(page)).toBe(BEST)
    expect(new Set(engine.authorizations.slice(before))).toEqual(new Set([OWN]))
  })

  it('is refused for an index that is closed to callers', async () => {
    const args = ['proxy', '--ui', '--ui-index', index, '--upstream', url, '--deny-index', 'accept-*']
    const { code, err } = await home.run(args)
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('must be open by --allow-index and --deny-index'),
    ])
  })

  it('says on the page that there is no such index', async () => {
    const proxy = await startCliProxy(home, ['--ui', '--ui-index', 'no-such-index', '--upstream', url])
    open.push({ close: () => proxy.stop() })
    const { page } = await visit(`${proxy.url}/_splade/ui/`)
    await page.getByRole('searchbox').fill(QUERY)
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('there is no index "no-such-index"')
  })
})

/** Status of a request that names another host. */
function statusUnder(host: string, url: string, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url + target, { headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject).end()
  })
}
