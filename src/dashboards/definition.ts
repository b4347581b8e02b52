import type { Dataset } from '../telemetry/streams.js'

/** One number for each group of events. */
export type Metric =
  | { readonly op: 'count'; readonly label: string }
  | {
      readonly op: 'average' | 'sum' | 'min' | 'max'
      readonly field: string
      readonly label: string
    }
  | {
      readonly op: 'percentile'
      readonly field: string
      /** Above 0 and below 100. */
      readonly percent: number
      readonly label: string
    }
  /** The text that all events of a group share, for a group whose key says nothing to people; none where it is not written. */
  | { readonly op: 'shared'; readonly field: string; readonly label: string }

/** Place of the first metric that is a number: groups with more of it come first. */
export function orderingMetric(metrics: readonly Metric[]): number {
  return metrics.findIndex(({ op }) => op !== 'shared')
}

/** How events are grouped. */
export type Bucket =
  | { readonly by: 'time' }
  /** By the most frequent values, or those with the highest first number. */
  | { readonly by: 'value'; readonly field: string; readonly size: number; readonly label: string }
  | { readonly by: 'interval'; readonly field: string; readonly width: number; readonly label: string }

/** How numbers are drawn; the first bucket is the horizontal axis, a second one splits into series. */
export type Shape = 'metric' | 'line' | 'area' | 'bar' | 'horizontal-bar' | 'table'

/**
 * Drawings that only Vega has in the two products; the page of `ui` has its own.
 * `cloud`: words as large as the first metric, by whose second metric, the share that the model added, they are coloured.
 * `token-bars`: bars as long as the first metric, coloured by the last one, the share that the model added.
 * `stacked-areas`: the metrics over time. `small-multiples`: a chart for each value of the first bucket, with a line
 * over time for each combination of the buckets between.
 */
export type VegaShape = 'cloud' | 'token-bars' | 'stacked-areas' | 'small-multiples'

/** Part of the width and height of a dashboard; a row is 48 wide. */
export interface PanelSize {
  readonly width: number
  readonly height: number
}

/** What is counted of the events of a dataset. */
export interface Figures {
  readonly buckets: readonly Bucket[]
  readonly metrics: readonly Metric[]
}

interface PanelHead extends PanelSize {
  /** Unique in its dashboard, in kebab case. */
  readonly id: string
  readonly title: string
  readonly dataset: Dataset
}

export interface ChartPanel extends PanelHead, Figures {
  readonly type: 'chart'
  readonly shape: Shape
  /** Only events where a field has this value. Default: all of the dataset. */
  readonly only?: EventCondition
  /** Where a click on a value leads, with a filter for that value. Default: the filter alone. */
  readonly drillDown?: DrillDown
}

export interface EventCondition {
  readonly field: string
  readonly value: string | boolean
}

export interface DrillDown {
  /** Field whose values lead there; a control of the goal has it. Values of other fields narrow down only. */
  readonly field: string
  /** Id of another dashboard. */
  readonly dashboard: string
  readonly label: string
}

/** Drawn by a Vega or Vega-Lite specification that asks the engine itself. */
export interface VegaPanel extends PanelHead, Figures {
  readonly type: 'vega'
  readonly shape: VegaShape
  readonly spec: object
}

/** Single events, as a list. */
export interface EventList {
  readonly title: string
  readonly dataset: Dataset
  readonly columns: readonly string[]
  /** The highest first. */
  readonly sortBy: string
  /** Only events where a field has this value. Default: all of the dataset. */
  readonly only?: EventCondition
}

export interface EventsPanel extends PanelHead, EventList {
  readonly type: 'events'
  /** Where a click on a value leads on the page of `ui`; the products have the formats of fields for it. */
  readonly drillDown?: DrillDown
}

/** A list of its own, for a look at single events. */
export interface SavedSearch extends EventList {
  /** Unique in the bundle; also the id of its saved object. */
  readonly id: string
}

export type Panel = ChartPanel | VegaPanel | EventsPanel

export interface Dashboard {
  /** Unique in the bundle; also the id of its saved object. */
  readonly id: string
  readonly title: string
  readonly description: string
  /** Fields by whose values a person can narrow everything down, with what they are called. */
  readonly controls: readonly { readonly field: string; readonly label: string }[]
  /** In reading order. */
  readonly panels: readonly Panel[]
}

/** A panel with its place: columns from the left, rows from the top. */
export interface PlacedPanel<Kind extends Panel = Panel> {
  readonly panel: Kind
  readonly x: number
  readonly y: number
}

/** Columns of a dashboard in Kibana and OpenSearch Dashboards. */
export const GRID_COLUMNS = 48

/**
 * Lays panels out as words of a text are: left to right, and a new row where one does not fit.
 *
 * @param top rows that are taken already
 */
export function placePanels(panels: readonly Panel[], top = 0): readonly PlacedPanel[] {
  let [x, y, rowHeight] = [0, top, 0]
  return panels.map((panel) => {
    if (x + panel.width > GRID_COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0]
    const placed = { panel, x, y }
    x += panel.width
    rowHeight = Math.max(rowHeight, panel.height)
    return placed
  })
}

/** What a chart counts, in the query language of both products. */
export function chartQuery({ dataset, only }: Pick<ChartPanel | EventList, 'dataset' | 'only'>): string {
  const rest = only === undefined ? '' : ` and ${only.field} : ${JSON.stringify(only.value)}`
  return `data_stream.dataset : "${dataset}"${rest}`
}
