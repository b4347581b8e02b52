import { member } from '../engine/json.js'
import { readSetupFile } from '../engine/setup-files.js'
import type { Dashboard } from './definition.js'
import { toKibanaObjects } from './kibana/bundle.js'
import { toOpenSearchObjects } from './opensearch/bundle.js'
import { INGEST, PROXY_HEALTH, RELEVANCE } from './operation-dashboards.js'
import type { SavedObject } from './saved-object.js'
import { SAVED_SEARCHES } from './saved-searches.js'
import { SEARCH_OVERVIEW, TOKEN_EXPLORER } from './search-dashboards.js'

/** What dashboards are shown by. */
export const PRODUCTS = ['kibana', 'opensearch'] as const

export type Product = (typeof PRODUCTS)[number]

/** All dashboards, in the order of the links between them. */
export const DASHBOARDS: readonly Dashboard[] = [
  SEARCH_OVERVIEW,
  TOKEN_EXPLORER,
  INGEST,
  RELEVANCE,
  PROXY_HEALTH,
]

/** @returns every dashboard with all that it needs, the same at every call */
export async function dashboardObjects(product: Product): Promise<readonly SavedObject[]> {
  switch (product) {
    case 'kibana':
      return toKibanaObjects(DASHBOARDS, SAVED_SEARCHES)
    case 'opensearch': {
      const template = await readSetupFile('mappings/telemetry')
      return toOpenSearchObjects(DASHBOARDS, SAVED_SEARCHES, member(template, 'template', 'mappings'))
    }
  }
}
