import { TELEMETRY_PATTERN } from '../telemetry/streams.js'
import type { Dashboard, EventList } from './definition.js'
import { FIELD_FORMATS } from './field-formats.js'
import { SOURCE_REFERENCE } from './saved-object.js'

/** Time that a dashboard shows when it is opened. */
export const TIME_RANGE = { timeRestore: true, timeFrom: 'now-7d', timeTo: 'now' }

/** Reference to what the filter of a dashboard is about. */
export const FILTER_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index'

/**
 * Keeps a dashboard to this library's events, whatever panels people add to it. The same for all: a drill-down takes the
 * filters along, and one for the datasets of a dashboard would leave nothing in another.
 */
export function dashboardSource(): object {
  const [field, value] = ['event.module', 'splade']
  return {
    query: { query: '', language: 'kuery' },
    filter: [
      {
        meta: {
          alias: 'telemetry of splade-bridge',
          disabled: false,
          negate: false,
          type: 'phrase',
          key: field,
          params: { query: value },
          indexRefName: FILTER_REFERENCE,
        },
        query: { match_phrase: { [field]: value } },
        $state: { store: 'appState' },
      },
    ],
  }
}

/** What a saved search, or a classic chart, reads. */
export function searchSource(query: string): object {
  return { query: { query, language: 'kuery' }, filter: [], indexRefName: SOURCE_REFERENCE }
}

/** The members of a saved search that both products share. */
export function savedSearch({ title, columns, sortBy }: EventList): Readonly<Record<string, unknown>> {
  return { title, description: '', columns, sort: [[sortBy, 'desc']] }
}

/** The members of a data view that both products share. */
export const DATA_VIEW = {
  title: TELEMETRY_PATTERN,
  timeFieldName: '@timestamp',
  fieldFormatMap: JSON.stringify(FIELD_FORMATS),
}

/** Links to the dashboards of a bundle, for the top of each. */
export function navigation(dashboards: readonly Dashboard[], current: Dashboard): string {
  return dashboards
    .map(({ id, title }) => (id === current.id ? `**${title}**` : `[${title}](#/view/${id})`))
    .join(' | ')
}

/** Rows that the links, and the controls of OpenSearch Dashboards, take. */
export const NAVIGATION_HEIGHT = 4
