import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startBrowser } from '../vega-page.js'

/** The narrowest screen that the page has to fit: WCAG 1.4.10, or 1280 pixels at 400 %. */
export const NARROW = { width: 320, height: 780 }
export const WIDE = { width: 1440, height: 1000 }

/** A page of a reader who has never been there, opened anew for each test of a file. */
export interface BrowserPage {
  readonly page: Page
  /** Origins of all requests since it was opened. */
  readonly asked: readonly string[]
  /** What went to the console as an error, or was thrown and not caught. */
  readonly complaints: readonly string[]
}

/**
 * Starts one browser for the tests of a file, and opens a page before each of them.
 *
 * @param address known by then: where the page is
 */
export function useBrowserPage(address: () => string): BrowserPage {
  let browser: Browser
  let context: BrowserContext
  let opened: { page: Page; asked: string[]; complaints: string[] }
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US', viewport: WIDE })
    opened = { page: await context.newPage(), asked: [], complaints: [] }
    const { page, asked, complaints } = opened
    page.on('request', (request) => asked.push(new URL(request.url()).origin))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(address())
  })
  afterEach(async () => {
    await context.close()
  })
  return {
    get page() {
      return opened.page
    },
    get asked() {
      return opened.asked
    },
    get complaints() {
      return opened.complaints
    },
  }
}
