import type { ChartPanel } from '../definition.js'
import type { SavedObjectReference } from '../saved-object.js'

const FACTORY = 'DASHBOARD_TO_DASHBOARD_DRILLDOWN'

/** What a click on a value of a chart does: another dashboard, with its filters, that value and its time range. */
export function toEnhancements({ drillDown }: ChartPanel): object {
  if (drillDown === undefined) return {}
  const config = { useCurrentFilters: true, useCurrentDateRange: true, openInNewTab: false }
  const action = { factoryId: FACTORY, name: drillDown.label, config }
  return { dynamicActions: { events: [{ eventId: EVENT_ID, triggers: ['FILTER_TRIGGER'], action }] } }
}

/** The dashboard that a chart leads to, under the name that Kibana looks for. */
export function drillDownReferences({ drillDown }: ChartPanel): readonly SavedObjectReference[] {
  if (drillDown === undefined) return []
  const name = `drilldown:${FACTORY}:${EVENT_ID}:dashboardId`
  return [{ name, type: 'dashboard', id: drillDown.dashboard }]
}

/** A panel has one; its id need only be unique in the panel. */
const EVENT_ID = 'drill-down'
