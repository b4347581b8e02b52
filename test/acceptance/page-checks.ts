import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import type { RunningCli } from './cli-process.js'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Every rule of WCAG 2.1 AA and best practice that a page breaks, with the elements at fault. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(`document.getAnimations().forEach((animation) => animation.finish())`)
  // By the debugger, not by a script element, which the page's policy forbids.
  await page.evaluate(await readFile(AXE, 'utf8'))
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + target + ' ' + failureSummary)))`,
  )
  return found as readonly string[]
}

/** Pixels that the page is wide; more than the screen where it overflows sideways. */
export function scrollWidth(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth')
}

/** The address that `ui --json` prints once it listens. */
export async function firstUrl({ child, result }: RunningCli): Promise<string> {
  const line = new Promise<string>((resolve) => child.stdout.once('data', resolve))
  const ended = result.then(({ err }) => {
    throw new Error(`ui ended before it listened: ${err}`)
  })
  return (JSON.parse(await Promise.race([line, ended])) as { url: string }).url
}
