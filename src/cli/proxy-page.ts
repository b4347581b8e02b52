import { ConfigurationError } from '../errors.js'
import { type AccessRules, createAccessCheck } from '../proxy/http/access.js'
import { createCallerPage, type CallerPage, type CallerPageOptions } from '../web/caller-page.js'
import { readPage } from '../web/page-files.js'
import { settingValue } from './context.js'
import { pageFolder } from './paths.js'
import type { Settings } from './settings.js'

/** Flags of `proxy` that are about its page. */
export interface PageFlags {
  readonly ui?: boolean
  readonly uiIndex?: string
  readonly rewrite: boolean
}

/**
 * The index that the page of a proxy searches.
 *
 * @returns undefined where there is to be no page
 * @throws ConfigurationError where it cannot be: nothing is encoded, or the index is closed to callers
 */
export function askedPageIndex(
  { ui, uiIndex, rewrite }: PageFlags,
  settings: Settings,
  access: AccessRules = {},
): string | undefined {
  if (ui !== true) {
    if (uiIndex === undefined) return undefined
    throw new ConfigurationError('--ui-index', 'needs --ui', uiIndex)
  }
  if (!rewrite) throw new ConfigurationError('--ui', 'needs a model, which --no-rewrite leaves out', 'both')
  const index = uiIndex ?? settingValue(settings, 'index')
  const { allowIndices = [], denyIndices = [] } = access
  const isOpen = createAccessCheck({ allowIndices, denyIndices })
  const complaint = isOpen?.(`/${encodeURIComponent(index)}/_search`)
  if (complaint !== undefined)
    throw new ConfigurationError('--ui-index', 'must be open by --allow-index and --deny-index', index)
  return index
}

/**
 * Does something with a page, or without one.
 *
 * @throws ConfigurationError if the page was not built
 */
export async function withPage(
  options: Omit<CallerPageOptions, 'page'> | undefined,
  work: (page: CallerPage | undefined) => Promise<void>,
): Promise<void> {
  if (options === undefined) {
    await work(undefined)
    return
  }
  const page = createCallerPage({ ...options, page: await readPage(pageFolder) })
  try {
    await work(page)
  } finally {
    await page.close()
  }
}
