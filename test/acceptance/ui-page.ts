import { beforeAll } from '@jest/globals'
import type { EngineId } from '../../src/engine/embedded/catalogue.js'
import { testEngine, uniqueName } from '../engines.js'
import { type BrowserPage, useBrowserPage } from './browser-page.js'
import { type CliHome, type RunningCli, useCliHome } from './cli-process.js'
import { firstUrl } from './page-checks.js'

/** The page of `ui` over an index of its own, for the tests of a file. */
export interface UiPage {
  readonly home: CliHome
  readonly index: string
  /** Flags by which commands find the index. */
  readonly at: readonly string[]
  /** Opened anew for each test. */
  readonly reader: BrowserPage
  /** The process of `ui`, and its address; known once the tests begin. */
  readonly running: RunningCli
  readonly address: string
  /** Types a query, and waits until what it finds is drawn. */
  readonly search: (query: string) => Promise<void>
}

/** @param documents files for `index`, and its further flags */
export function useUiPage(engine: EngineId, documents: readonly string[]): UiPage {
  const home = useCliHome()
  const index = uniqueName('accept-ui')
  const at = ['--url', testEngine(engine).url, '--index', index]
  let running: RunningCli
  let address: string
  const reader = useBrowserPage(() => address)
  beforeAll(async () => {
    await home.run(['index', ...at, ...documents])
    running = home.start(['ui', ...at, '--listen', '127.0.0.1:0', '--json'])
    address = await firstUrl(running)
  })
  return {
    ...{ home, index, at, reader },
    get running() {
      return running
    },
    get address() {
      return address
    },
    search: async (query) => {
      await reader.page.getByRole('searchbox').fill(query)
      await reader.page.locator('.found[aria-busy=false]').waitFor()
    },
  }
}
