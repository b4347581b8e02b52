import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES } from '../engines.js'
import { NARROW } from './browser-page.js'
import { EXAMPLES, onlyJson } from './cli-process.js'
import { scrollWidth, violations } from './page-checks.js'
import { useUiPage } from './ui-page.js'

const QUERY = "my car won't start"
const CHUNKS = ['--model', 'splade-tiny-en', '--long-texts', 'nested', '--chunk-tokens', '32']

interface FoundChunk {
  readonly hits: readonly {
    readonly id: string
    readonly chunk: { readonly start: number; readonly end: number }
  }[]
}

describe.each(NEWEST_ENGINES.slice(0, 1))('the page of ui over nested chunks on %s', (id) => {
  const ui = useUiPage(id, [...CHUNKS, join(EXAMPLES, 'en/corpus.jsonl')])
  const { home, at, reader } = ui
  const places = () => reader.page.locator('.column[data-method=sparse] .chunk-place')
  const search = (): Promise<void> => ui.search(QUERY)

  it('says which part of a text made the score, as search does', async () => {
    await search()
    const { hits } = onlyJson(await home.run(['search', ...at, '--json', QUERY])) as FoundChunk
    const shown = await places().locator('span').first().textContent()
    const [best] = hits
    expect(shown).toMatch(/^Best part: characters \d+–\d+ of \d+$/)
    expect(shown).toContain(`characters ${best!.chunk.start}–${best!.chunk.end} of`)
    expect(await places().count()).toBe(hits.length)
    await reader.page.getByRole('button', { name: '한국어' }).click()
    expect(await places().first().textContent()).toContain(`${best!.chunk.start}–${best!.chunk.end}자`)
    expect(reader.complaints).toEqual([])
  })

  it("warns where the model's vocabulary does not know the language of the query", async () => {
    await search()
    expect(await reader.page.locator('.warning').count()).toBe(0)
    await reader.page.getByRole('searchbox').fill('서울 지하철 노선')
    await reader.page.locator('.found[aria-busy=false]').waitFor()
    expect(await reader.page.locator('.warning').textContent()).toContain('language of the query')
  })

  it.each(['light', 'dark'])('breaks no rule of accessibility that axe knows, in %s', async (theme) => {
    await reader.page.getByLabel('Theme').selectOption(theme)
    await search()
    await places().first().waitFor()
    expect(await violations(reader.page)).toEqual([])
    await reader.page.setViewportSize(NARROW)
    expect(await violations(reader.page)).toEqual([])
    expect(await scrollWidth(reader.page)).toBeLessThanOrEqual(NARROW.width)
  })
})
