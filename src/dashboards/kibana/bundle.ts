import {
  DATA_VIEW,
  dashboardSource,
  FILTER_REFERENCE,
  navigation,
  NAVIGATION_HEIGHT,
  savedSearch,
  searchSource,
  TIME_RANGE,
} from '../dashboard-parts.js'
import {
  chartQuery,
  type Dashboard,
  type EventList,
  type EventsPanel,
  GRID_COLUMNS,
  type PlacedPanel,
  placePanels,
  type SavedSearch,
} from '../definition.js'
import {
  DATA_VIEW_ID,
  type SavedObject,
  type SavedObjectReference,
  SOURCE_REFERENCE,
  toDataView,
} from '../saved-object.js'
import { drillDownReferences, toEnhancements } from './drill-down.js'
import { controlId, toControl, toLens } from './lens.js'

/** Objects of a release import into it and later ones; 8.8 is the oldest that these are for. */
const CORE_VERSION = '8.8.0'
const TYPE_VERSIONS = { dashboard: '8.7.0', 'index-pattern': '8.0.0', search: '8.0.0' }

/** The objects for Kibana 8.8 and later: charts by value, one data view, saved searches. */
export function toKibanaObjects(
  dashboards: readonly Dashboard[],
  searches: readonly SavedSearch[],
): readonly SavedObject[] {
  return [
    savedObject('index-pattern', DATA_VIEW_ID, { ...DATA_VIEW, name: 'splade-bridge telemetry' }, []),
    ...searches.map((search) => toSearch(search.id, search)),
    ...dashboards.flatMap((dashboard) =>
      eventsPanels(dashboard).map((panel) => toSearch(searchId(dashboard, panel), panel)),
    ),
    ...dashboards.map((dashboard) => toDashboard(dashboard, dashboards)),
  ]
}

function savedObject(
  type: keyof typeof TYPE_VERSIONS,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly SavedObjectReference[],
): SavedObject {
  return {
    type,
    id,
    attributes,
    references,
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS[type],
  }
}

function eventsPanels({ panels }: Dashboard): readonly EventsPanel[] {
  return panels.filter((panel) => panel.type === 'events')
}

function searchId(dashboard: Dashboard, { id }: EventsPanel): string {
  return `${dashboard.id}-${id}`
}

function toSearch(id: string, list: EventList): SavedObject {
  const source = JSON.stringify(searchSource(chartQuery(list)))
  const attributes = {
    ...savedSearch(list),
    grid: {},
    hideChart: true,
    isTextBasedQuery: false,
    timeRestore: false,
    kibanaSavedObjectMeta: { searchSourceJSON: source },
  }
  return savedObject('search', id, attributes, [toDataView(SOURCE_REFERENCE)])
}

function toDashboard(dashboard: Dashboard, all: readonly Dashboard[]): SavedObject {
  const placed = placePanels(dashboard.panels, NAVIGATION_HEIGHT)
  const panels = [toNavigation(dashboard, all), ...placed.map(toPanel)]
  const attributes = {
    title: dashboard.title,
    description: dashboard.description,
    version: 1,
    ...TIME_RANGE,
    controlGroupInput: toControlGroup(dashboard),
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(dashboardSource()) },
    optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false, syncColors: true }),
    panelsJSON: JSON.stringify(panels),
  }
  return savedObject('dashboard', dashboard.id, attributes, references(dashboard, placed))
}

function toControlGroup({ controls }: Dashboard): object {
  const panels = controls.map(({ field, label }, order) => [controlId(order), toControl(field, label, order)])
  const ignore = {
    ignoreFilters: false,
    ignoreQuery: false,
    ignoreTimerange: false,
    ignoreValidations: false,
  }
  return {
    chainingSystem: 'HIERARCHICAL',
    controlStyle: 'oneLine',
    ignoreParentSettingsJSON: JSON.stringify(ignore),
    panelsJSON: JSON.stringify(Object.fromEntries(panels)),
  }
}

function toNavigation(dashboard: Dashboard, all: readonly Dashboard[]): object {
  const markdown = navigation(all, dashboard)
  const params = { markdown, openLinksInNewTab: false, fontSize: 12 }
  return {
    type: 'visualization',
    panelIndex: 'navigation',
    gridData: { x: 0, y: 0, w: GRID_COLUMNS, h: NAVIGATION_HEIGHT, i: 'navigation' },
    embeddableConfig: { hidePanelTitles: true, savedVis: savedVis('markdown', params), enhancements: {} },
  }
}

function toPanel({ panel, x, y }: PlacedPanel): object {
  const { id, title, width, height } = panel
  const place = { panelIndex: id, gridData: { x, y, w: width, h: height, i: id }, title }
  switch (panel.type) {
    case 'chart':
      return {
        ...place,
        type: 'lens',
        embeddableConfig: { attributes: toLens(panel), enhancements: toEnhancements(panel) },
      }
    case 'vega': {
      const vis = savedVis('vega', { spec: JSON.stringify(panel.spec, null, 2) })
      return { ...place, type: 'visualization', embeddableConfig: { savedVis: vis, enhancements: {} } }
    }
    case 'events':
      return {
        ...place,
        type: 'search',
        panelRefName: `panel_${id}`,
        embeddableConfig: { enhancements: {} },
      }
  }
}

function savedVis(type: string, params: object): object {
  return { type, title: '', description: '', params, uiState: {}, data: { aggs: [], searchSource: {} } }
}

function references(dashboard: Dashboard, placed: readonly PlacedPanel[]): readonly SavedObjectReference[] {
  return [
    toDataView(FILTER_REFERENCE),
    ...dashboard.controls.map((_, order) =>
      toDataView(`controlGroup_${controlId(order)}:optionsListDataView`),
    ),
    ...placed.flatMap(({ panel }): readonly SavedObjectReference[] => {
      if (panel.type === 'events') {
        return [{ name: `${panel.id}:panel_${panel.id}`, type: 'search', id: searchId(dashboard, panel) }]
      }
      if (panel.type === 'vega') return []
      const chart = [...toLens(panel).references, ...drillDownReferences(panel)]
      return chart.map(({ name, ...target }) => ({ ...target, name: `${panel.id}:${name}` }))
    }),
  ]
}
