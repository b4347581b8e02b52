import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES } from '../engines.js'
import { NARROW } from './browser-page.js'
import { EXAMPLES } from './cli-process.js'
import { scrollWidth, violations } from './page-checks.js'
import { useUiPage } from './ui-page.js'

const QUERY = '자동차가 시동이 안 걸려요'

describe.each(NEWEST_ENGINES.slice(0, 1))('the looks of the page of ui on %s', (id) => {
  const { reader, search } = useUiPage(id, [join(EXAMPLES, 'ko/corpus.jsonl')])

  it.each(['light', 'dark'])('breaks no rule of accessibility that axe knows, in %s', async (theme) => {
    await reader.page.getByLabel('Theme').selectOption(theme)
    await search(QUERY)
    expect(await violations(reader.page)).toEqual([])
    await reader.page.setViewportSize(NARROW)
    expect(await violations(reader.page)).toEqual([])
    await reader.page.getByRole('tab', { name: 'Encode a text' }).click()
    await reader.page.locator('.heat .hot').first().waitFor()
    expect(await violations(reader.page)).toEqual([])
  })

  it('breaks no word of a choice on a narrow screen', async () => {
    await reader.page.setViewportSize(NARROW)
    await search(QUERY)
    const tallest = async (): Promise<number> => {
      const choices = await reader.page.locator('.radios :is(label, legend):visible').all()
      const boxes = await Promise.all(choices.map((choice) => choice.boundingBox()))
      return Math.max(...boxes.map((box) => box?.height ?? Infinity))
    }
    const twoLines = 40
    expect(await tallest()).toBeLessThan(twoLines)
    await reader.page.getByRole('tab', { name: 'Encode a text' }).click()
    await reader.page.locator('.encode .radios').waitFor()
    expect(await tallest()).toBeLessThan(twoLines)
    expect(await scrollWidth(reader.page)).toBeLessThanOrEqual(NARROW.width)
  })

  it('speaks Korean, remembers it, and fits a narrow screen', async () => {
    await reader.page.getByRole('button', { name: '한국어' }).click()
    await reader.page.reload()
    await reader.page.setViewportSize(NARROW)
    await search(QUERY)
    expect(await reader.page.evaluate('document.documentElement.lang')).toBe('ko')
    await reader.page.getByRole('tab', { name: '하이브리드' }).click()
    expect(await reader.page.locator('.column[data-method=hybrid]').isVisible()).toBe(true)
    expect(await reader.page.locator('.column[data-method=sparse]').isVisible()).toBe(false)
    expect(await scrollWidth(reader.page)).toBeLessThanOrEqual(NARROW.width)
  })
})
