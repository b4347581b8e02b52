/**
 * Makes docs/images/ui-*.png from a running page:
 *
 *     splade-bridge index examples/ko/corpus.jsonl examples/en/corpus.jsonl
 *     splade-bridge ui --listen 127.0.0.1:9301
 *     node --import ./bench/typescript.cjs test/screenshots.ts http://127.0.0.1:9200 http://127.0.0.1:9301
 *
 * The first address is the engine's, which must have no telemetry: it gets that of a run of the tests, and loses it
 * afterwards.
 */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { connect } from '../src/engine/connect.js'
import { ENGINES_VARIABLE } from './engine-addresses.js'
import { startBrowser } from './vega-page.js'

const IMAGES = join(import.meta.dirname, '../docs/images')
const QUERY = '자동차가 시동이 안 걸려요'
const TEXT =
  '서울 지하철 2호선은 순환선으로, 하루 이용객이 가장 많은 노선이다. ' +
  'An automobile that clicks but stays silent usually has a flat battery.'

type Theme = 'light' | 'dark'

interface Shot {
  readonly name: string
  readonly themes: readonly Theme[]
  /** Path and parameters of the page. */
  readonly address: string
  readonly locale?: string
  /** True: all of the page, however long. */
  readonly whole?: boolean
  /** Waits until all is drawn. */
  readonly ready: (page: Page) => Promise<void>
}

const drawn = (page: Page): Promise<void> =>
  page.locator('#dashboard-panel[aria-busy=false] .panel').first().waitFor()

const SHOTS: readonly Shot[] = [
  {
    name: 'ui-search',
    themes: ['light', 'dark'],
    address: `/?q=${encodeURIComponent(QUERY)}`,
    ready: async (page) => {
      await page.locator('.found[aria-busy=false] .hit').first().waitFor()
    },
  },
  {
    name: 'ui-encode',
    themes: ['light', 'dark'],
    address: '/?view=encode',
    whole: true,
    ready: async (page) => {
      await page.getByRole('textbox').fill(TEXT)
      await page.locator('.encoded[aria-busy=false] .bar').first().waitFor()
    },
  },
  {
    name: 'ui-dashboards-search-overview',
    themes: ['light'],
    address: '/?view=dashboards&dashboard=splade-bridge-search-overview&range=24h',
    whole: true,
    ready: drawn,
  },
  {
    name: 'ui-dashboards-token-explorer',
    themes: ['dark'],
    address: '/?view=dashboards&dashboard=splade-bridge-token-explorer&range=24h',
    locale: 'ko-KR',
    ready: drawn,
  },
]

async function take(browser: Browser, page: string, shot: Shot, theme: Theme): Promise<void> {
  const viewport = { width: 1440, height: 1000 }
  const context = await browser.newContext({ locale: shot.locale ?? 'en-US', viewport, colorScheme: theme })
  const opened = await context.newPage()
  await opened.goto(page + shot.address)
  await shot.ready(opened)
  // Charts of Vega are drawn after their data is there.
  await opened.waitForTimeout(1500)
  const path = join(IMAGES, `${shot.name}-${theme}.png`)
  await opened.screenshot({ path, fullPage: shot.whole ?? false })
  console.log(path)
  await context.close()
}

async function main([engine = '', page = '']: readonly string[]): Promise<void> {
  // Tests know their engines by it; here there is only the one that is named.
  process.env[ENGINES_VARIABLE] ??= '[]'
  const { deleteTelemetry, runWithTelemetry } = await import('./telemetry-run.js')
  const client = await connect({ url: engine })
  const run = { index: 'screenshots', namespace: 'default', searches: 400 }
  await runWithTelemetry(client, run)
  const browser = await startBrowser()
  try {
    for (const shot of SHOTS) for (const theme of shot.themes) await take(browser, page, shot, theme)
  } finally {
    await browser.close()
    await deleteTelemetry(client, run.namespace)
    await client.close()
  }
}

await main(process.argv.slice(2))
