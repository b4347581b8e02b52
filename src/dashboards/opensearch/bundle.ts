import { member } from '../../engine/json.js'
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
  type ChartPanel,
  chartQuery,
  type Dashboard,
  type EventList,
  GRID_COLUMNS,
  type Panel,
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
import { controlReference, toControlsVisState, toVisState } from './visualization.js'

/** The newest forms that all releases of OpenSearch Dashboards read. */
const VERSIONS = { dashboard: '7.9.3', visualization: '7.10.0', search: '7.9.3', 'index-pattern': '7.6.0' }

/** Controls and links share the first rows. */
const CONTROLS_WIDTH = 24

/**
 * The objects for OpenSearch Dashboards: classic charts, which every release has.
 *
 * @param mappings of `mappings/telemetry.json`; the index pattern lists its fields
 */
export function toOpenSearchObjects(
  dashboards: readonly Dashboard[],
  searches: readonly SavedSearch[],
  mappings: unknown,
): readonly SavedObject[] {
  const fields = JSON.stringify(fieldsOf(mappings))
  return [
    savedObject('index-pattern', DATA_VIEW_ID, { ...DATA_VIEW, fields }, []),
    ...searches.map((search) => toSearch(search.id, search)),
    ...dashboards.flatMap((dashboard) => [
      toNavigation(dashboard, dashboards),
      toControls(dashboard),
      ...dashboard.panels.map((panel) => toObject(dashboard, panel)),
    ]),
    ...dashboards.map(toDashboard),
  ]
}

function savedObject(
  type: keyof typeof VERSIONS,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly SavedObjectReference[],
): SavedObject {
  return { type, id, attributes, references, migrationVersion: { [type]: VERSIONS[type] } }
}

function objectId(dashboard: Dashboard, panelId: string): string {
  return `${dashboard.id}-${panelId}`
}

function toObject(dashboard: Dashboard, panel: Panel): SavedObject {
  const id = objectId(dashboard, panel.id)
  if (panel.type === 'events') return toSearch(id, panel)
  if (panel.type === 'chart') return toChart(id, panel)
  const spec = JSON.stringify(panel.spec, null, 2)
  return visualization(id, { title: panel.title, type: 'vega', aggs: [], params: { spec } })
}

function toChart(id: string, panel: ChartPanel): SavedObject {
  return visualization(id, toVisState(panel), searchSource(chartQuery(panel)), [toDataView(SOURCE_REFERENCE)])
}

function toSearch(id: string, list: EventList): SavedObject {
  const kibanaSavedObjectMeta = { searchSourceJSON: JSON.stringify(searchSource(chartQuery(list))) }
  const attributes = { ...savedSearch(list), version: 1, kibanaSavedObjectMeta }
  return savedObject('search', id, attributes, [toDataView(SOURCE_REFERENCE)])
}

function toNavigation(dashboard: Dashboard, all: readonly Dashboard[]): SavedObject {
  const params = { markdown: navigation(all, dashboard), openLinksInNewTab: false, fontSize: 12 }
  const title = `${dashboard.title}: dashboards`
  return visualization(objectId(dashboard, 'navigation'), { title, type: 'markdown', aggs: [], params })
}

function toControls(dashboard: Dashboard): SavedObject {
  const visState = toControlsVisState(`${dashboard.title}: choose`, dashboard.controls)
  const references = dashboard.controls.map((_, place) => toDataView(controlReference(place)))
  return visualization(objectId(dashboard, 'controls'), visState, {}, references)
}

function visualization(
  id: string,
  visState: object,
  source: object = {},
  references: readonly SavedObjectReference[] = [],
): SavedObject {
  const attributes = {
    title: member(visState, 'title'),
    description: '',
    version: 1,
    uiStateJSON: '{}',
    visState: JSON.stringify(visState),
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
  }
  return savedObject('visualization', id, attributes, references)
}

interface Placed {
  readonly id: string
  readonly type: 'search' | 'visualization'
  readonly gridData: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

function placedObjects({ panels, controls }: Dashboard): readonly Placed[] {
  const head = controls.length > 0 ? GRID_COLUMNS - CONTROLS_WIDTH : GRID_COLUMNS
  const top = { y: 0, h: NAVIGATION_HEIGHT }
  return [
    { id: 'navigation', type: 'visualization', gridData: { ...top, x: 0, w: head } },
    { id: 'controls', type: 'visualization', gridData: { ...top, x: head, w: CONTROLS_WIDTH } },
    ...placePanels(panels, NAVIGATION_HEIGHT).map(({ panel, x, y }): Placed => {
      const type = panel.type === 'events' ? 'search' : 'visualization'
      return { id: panel.id, type, gridData: { x, y, w: panel.width, h: panel.height } }
    }),
  ]
}

function toDashboard(dashboard: Dashboard): SavedObject {
  const placed = placedObjects(dashboard)
  const panels = placed.map(({ id, gridData }) => ({
    version: VERSIONS.dashboard,
    panelIndex: id,
    panelRefName: `panel_${id}`,
    gridData: { ...gridData, i: id },
    embeddableConfig: {},
  }))
  const attributes = {
    title: dashboard.title,
    description: dashboard.description,
    version: 1,
    hits: 0,
    ...TIME_RANGE,
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(dashboardSource()) },
    optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
    panelsJSON: JSON.stringify(panels),
  }
  const references = placed.map(({ id, type }) => {
    return { name: `panel_${id}`, type, id: objectId(dashboard, id) }
  })
  return savedObject('dashboard', dashboard.id, attributes, [toDataView(FILTER_REFERENCE), ...references])
}

/** The list of fields that an index pattern of OpenSearch Dashboards keeps. */
function fieldsOf(mappings: unknown, path = ''): readonly object[] {
  return Object.entries(member(mappings, 'properties') ?? {}).flatMap(([name, field]: [string, unknown]) => {
    const whole = path === '' ? name : `${path}.${name}`
    const esType = member(field, 'type')
    return typeof esType === 'string' ? [patternField(whole, esType)] : fieldsOf(field, whole)
  })
}

const FIELD_TYPES: Readonly<Record<string, string>> = {
  keyword: 'string',
  long: 'number',
  float: 'number',
  boolean: 'boolean',
  date: 'date',
}

function patternField(name: string, esType: string): object {
  return {
    name,
    type: FIELD_TYPES[esType] ?? 'unknown',
    esTypes: [esType],
    count: 0,
    scripted: false,
    searchable: true,
    aggregatable: true,
    readFromDocValues: true,
  }
}
