import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const MODULES = join(import.meta.dirname, '../node_modules')
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The page asks nobody for anything, so the sandbox that containers lack is not missed. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A drawn specification. */
export interface VegaDrawing {
  /** Marks that have a place on the page: bars, points, lines, words. */
  readonly marks: number
  readonly texts: readonly string[]
  /** What Vega complained about. */
  readonly warnings: readonly string[]
}

/** @throws Error where there is no Chromium */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error('these tests need Chromium: apt-get install chromium')
  return chromium.launch({ executablePath, args: FLAGS })
}

/** An empty page with Vega and Vega-Lite in it. */
export async function openVegaPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 900, height: 480 } })
  await page.setContent('<body style="margin:12px;background:white"><div id="view"></div></body>')
  for (const path of ['vega/build/vega.min.js', 'vega-lite/build/vega-lite.min.js'])
    await page.addScriptTag({ path: join(MODULES, path) })
  return page
}

/**
 * Draws a specification whose data is given; facets keep their own size.
 *
 * @param spec as a dashboard holds it
 * @param values what the engine answered
 */
export async function drawVega(page: Page, spec: object, values: unknown): Promise<VegaDrawing> {
  const size = 'facet' in spec ? {} : { width: 840, height: 420 }
  return page.evaluate(
    `(${DRAW})(${JSON.stringify({ spec: { ...spec, ...size, data: withValues(spec, values) } })})`,
  )
}

function withValues(spec: object, values: unknown): unknown {
  const { data } = spec as { readonly data: unknown }
  const isVega = Array.isArray(data)
  const sets = (isVega ? (data as unknown[]) : [data]) as readonly Record<string, unknown>[]
  const filled = sets.map((set) =>
    Object.fromEntries([
      ...Object.entries(set).filter(([name]) => name !== 'url' && name !== 'format'),
      ['values', values],
    ]),
  )
  return isVega ? filled : filled[0]
}

/** Runs in the page, where Vega's types are not known. */
const DRAW = `async ({ spec }) => {
  const warnings = []
  const logger = vega.logger(vega.Warn)
  logger.warn = logger.error = (...args) => { warnings.push(args.map(String).join(' ')); return logger }
  const isLite = String(spec.$schema).includes('vega-lite')
  const compiled = isLite ? vegaLite.compile(spec, { logger }).spec : spec
  const view = new vega.View(vega.parse(compiled), { renderer: 'svg', logger })
  await view.initialize('#view').runAsync()
  const root = document.querySelector('#view svg')
  const marks = root.querySelectorAll('.role-mark path, .role-mark text').length
  const texts = Array.from(root.querySelectorAll('text'), (text) => text.textContent)
  return { marks, texts, warnings }
}`
