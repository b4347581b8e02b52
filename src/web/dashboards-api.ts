/** The JSON of the page's dashboards. Types and names only: the page is compiled against them too. */

/** How far back figures go. */
export const RANGES = ['15m', '1h', '24h', '7d', '30d', '90d'] as const
export type Range = (typeof RANGES)[number]

/** `GET /api/dashboards`. */
export interface DashboardsAnswer {
  readonly dashboards: readonly ShownDashboard[]
}

export interface ShownDashboard {
  readonly id: string
  readonly title: string
  readonly controls: readonly ShownControl[]
  /** In reading order. */
  readonly panels: readonly ShownPanel[]
}

/** A field by whose values a dashboard can be narrowed down. */
export interface ShownControl {
  readonly field: string
  readonly label: string
}

export type PanelShape =
  | 'metric'
  | 'line'
  | 'area'
  | 'bar'
  | 'horizontal-bar'
  | 'table'
  | 'cloud'
  | 'token-bars'
  | 'stacked-areas'
  | 'small-multiples'
  | 'events'

export interface ShownPanel {
  /** Unique in its dashboard. */
  readonly id: string
  readonly title: string
  readonly shape: PanelShape
  /** Columns that it takes, of 48. */
  readonly width: number
  readonly buckets: readonly ShownBucket[]
  /** Names of the numbers of a row; of a list of events, names of its columns. */
  readonly metrics: readonly ShownMetric[]
  /** Id of the dashboard that a click on a value leads to. */
  readonly drillDown?: string
}

export interface ShownBucket {
  readonly by: 'time' | 'value' | 'interval'
  readonly field: string
  readonly label: string
}

export interface ShownMetric {
  readonly label: string
  readonly unit: Unit
}

/** Times in nanoseconds are sent as such; parts are 0-1. */
export type Unit = 'count' | 'number' | 'ms' | 'ns' | 'part'

/** `POST /api/dashboards/figures`. */
export interface FiguresRequest {
  readonly dashboard: string
  readonly range: Range
  /** Field of a control -> values, one of which events have to have. */
  readonly filters?: Readonly<Record<string, readonly string[]>>
}

export interface FiguresAnswer {
  /** Milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** Length of a bucket of time. */
  readonly intervalMs: number
  /** Panel -> what it shows. */
  readonly panels: Readonly<Record<string, ShownFigures>>
  /** Field of a control -> values to choose from, the most frequent first. */
  readonly choices: Readonly<Record<string, readonly string[]>>
}

export type Cell = string | number | boolean | null

export interface ShownFigures {
  readonly rows: readonly ShownRow[]
  /** Why there are none, where the engine has refused. */
  readonly error?: string
}

export interface ShownRow {
  /** The group: a key for each bucket, times as milliseconds since 1970. */
  readonly keys: readonly (string | number)[]
  /** A value for each metric, or column of a list of events; null where there is none. */
  readonly values: readonly Cell[]
}
