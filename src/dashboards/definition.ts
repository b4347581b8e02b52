import type { Dataset } from '../telemetry/streams.js'

/** One number for each group of events. */
export type Metric =
  | { readonly op: 'count'; readonly label: string }
  | {
      readonly op: 'average' | 'sum' | 'max' | 'cardinality'
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

/** How events are grouped. */
export type Bucket =
  | { readonly by: 'time' }
  /** By the most frequent values, or those with the highest first metric. */
  | { readonly by: 'value'; readonly field: string; readonly size: number; readonly label: string }
  | { readonly by: 'interval'; readonly field: string; readonly width: number; readonly label: string }

/** How numbers are drawn; the first bucket is the horizontal axis, a second one splits into series. */
export type Shape = 'metric' | 'line' | 'area' | 'bar' | 'horizontal-bar' | 'table'

/** Part of the width and height of a dashboard; a row is 48 wide. */
export interface PanelSize {
  readonly width: number
  readonly height: number
}

interface PanelHead extends PanelSize {
  /** Unique in its dashboard, in kebab case. */
  readonly id: string
  readonly title: string
  readonly dataset: Dataset
}

export interface ChartPanel extends PanelHead {
  readonly type: 'chart'
  readonly shape: Shape
  readonly buckets: readonly Bucket[]
  readonly metrics: readonly Metric[]
  /** Only events where a field has this value. Default: all of the dataset. */
  readonly only?: { readonly field: string; readonly value: string | boolean }
}

/** Drawn by a Vega or Vega-Lite specification that asks the engine itself. */
export interface VegaPanel extends PanelHead {
  readonly type: 'vega'
  readonly spec: object
}

/** Single events, as a list. */
export interface EventsPanel extends PanelHead {
  readonly type: 'events'
  readonly columns: readonly string[]
  /** The highest first. */
  readonly sortBy: string
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

/** Datasets whose events a dashboard shows, each once. */
export function datasetsOf({ panels }: Dashboard): readonly Dataset[] {
  return [...new Set(panels.map(({ dataset }) => dataset))]
}

/** What a chart counts, in the query language of both products. */
export function chartQuery({ dataset, only }: Pick<ChartPanel, 'dataset' | 'only'>): string {
  const rest = only === undefined ? '' : ` and ${only.field} : ${JSON.stringify(only.value)}`
  return `data_stream.dataset : "${dataset}"${rest}`
}
