import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES } from '../engines.js'
import { NARROW, WIDE } from './browser-page.js'
import { EXAMPLES, onlyJson } from './cli-process.js'
import { scrollWidth, violations } from './page-checks.js'
import { useUiPage } from './ui-page.js'

const QUERY = '자동차가 시동이 안 걸려요'
const METHODS = ['bm25', 'sparse', 'hybrid']

interface FoundTokens {
  readonly tokens: readonly {
    readonly readable: string
    readonly expansion: boolean
    readonly feature: string
    readonly queryWeight: number
    readonly documentWeight: number
    readonly contribution: number
    readonly share: number
  }[]
}

describe.each(NEWEST_ENGINES.slice(0, 1))('the figures on the page of ui on %s', (id) => {
  const ui = useUiPage(id, [join(EXAMPLES, 'ko/corpus.jsonl')])
  const { home, at, reader } = ui
  const search = (): Promise<void> => ui.search(QUERY)
  const figures = (part: string) => reader.page.locator(part).first().locator('details.figures')
  /** By the keyboard. */
  const open = async (part: string): Promise<void> => {
    await figures(part).locator('summary').press('Enter')
    await figures(part).locator('table').waitFor()
  }
  const rowsOf = async (part: string): Promise<readonly (readonly string[])[]> => {
    await open(part)
    const rows = await figures(part).locator('tbody tr').all()
    return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()))
  }

  it('name each token of a hit, with its weights, contribution and share, as explain does', async () => {
    await search()
    const hit = reader.page.locator('.column[data-method=sparse] .hit')
    const best = (await hit.first().locator('.id').textContent())!
    const { tokens } = onlyJson(await home.run(['explain', ...at, '--json', QUERY, best])) as FoundTokens
    expect(await rowsOf('.column[data-method=sparse] .hit')).toEqual(
      tokens.map(({ readable, expansion, feature, queryWeight, documentWeight, contribution, share }) => [
        `${expansion ? '+' : ''}${readable}`,
        ...[queryWeight, documentWeight, contribution].map((figure) => figure.toFixed(3)),
        `${(share * 100).toFixed(1)}%`,
        feature,
      ]),
    )
  })

  it('tell what each list gave to a fused hit, and each term to one of BM25', async () => {
    await search()
    const share = '50.0%'
    expect(await rowsOf('.column[data-method=hybrid] .hit')).toEqual([
      ['BM25', '1', (1 / 61).toFixed(5), share],
      ['Sparse', '1', (1 / 61).toFixed(5), share],
    ])
    expect((await rowsOf('.column[data-method=bm25] .hit'))[0]).toHaveLength(3)
  })

  it('tell of each query token what the model gave it, and what is sent', async () => {
    await search()
    await reader.page.getByRole('checkbox', { name: 'Use 시동', exact: true }).uncheck()
    const rows = await rowsOf('.tokens')
    expect(rows.find(([token]) => token === '시동')).toEqual([
      '시동',
      expect.stringMatching(/^\d\.\d{3}$/),
      '–',
      '시동',
    ])
    const others = rows.filter(([token]) => token !== '시동')
    expect(others.length).toBeGreaterThan(10)
    for (const [, weight, sent] of others) expect(sent).toBe(weight)
  })

  it.each([
    ['light', WIDE],
    ['dark', NARROW],
  ])('are within reach of everybody, in %s', async (theme, screen) => {
    await reader.page.getByLabel('Theme').selectOption(theme)
    await search()
    await open('.tokens')
    for (const method of METHODS) await open(`.column[data-method=${method}] .hit`)
    await reader.page.setViewportSize(screen)
    expect(await violations(reader.page)).toEqual([])
    expect(await scrollWidth(reader.page)).toBeLessThanOrEqual(screen.width)
  })

  it('have all tokens of a text', async () => {
    await reader.page.getByRole('tab', { name: 'Encode a text' }).click()
    const added = '.encoded section[aria-labelledby=added-title]'
    await open(added)
    expect(await figures(added).locator('tbody tr').count()).toBeGreaterThan(
      await reader.page.locator(added).locator('.bar').count(),
    )
  })
})
