import type { Cell, ShownPanel, ShownRow } from '../../../src/web/dashboards-api.js'

/** A place on a chart. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The points that belong together, from left to right. */
export interface Series {
  readonly label: string
  readonly points: readonly Point[]
}

/**
 * Rows as the lines, areas or stacked bars of a chart whose first bucket is the horizontal axis: one for each value of the
 * second bucket, or one for each metric where there is none. Groups without a value leave a gap.
 */
export function toSeries(
  panel: Pick<ShownPanel, 'buckets' | 'metrics'>,
  rows: readonly ShownRow[],
): readonly Series[] {
  if (panel.buckets.length > 1)
    return splitBy(rows, ({ keys }) => String(keys[1])).map(([label, own]) => ({
      label,
      points: points(own, 0),
    }))
  return panel.metrics.map(({ label }, place) => ({ label, points: points(rows, place) }))
}

/** The rows of each group, groups in the order in which they appear. */
export function splitBy<Row>(
  rows: readonly Row[],
  groupOf: (row: Row) => string,
): readonly (readonly [string, readonly Row[]])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groupOf(row)
    const own = groups.get(group)
    if (own === undefined) groups.set(group, [row])
    else own.push(row)
  }
  return [...groups]
}

/** The value of a metric at the key of the last or only axis of each row. */
export function points(rows: readonly ShownRow[], metric: number, axis = 0): readonly Point[] {
  return rows
    .flatMap(({ keys, values }) => {
      const y: Cell | undefined = values[metric]
      return typeof y === 'number' ? [{ x: Number(keys[axis]), y }] : []
    })
    .sort((a, b) => a.x - b.x)
}

/** A point on top of those of the series before it. */
export interface StackedPoint extends Point {
  readonly base: number
}

/** Each series on top of those before it, at the places where it has a value. */
export function stack(series: readonly Series[]): readonly (readonly StackedPoint[])[] {
  const heights = new Map<number, number>()
  return series.map(({ points: own }) =>
    own.map(({ x, y }) => {
      const base = heights.get(x) ?? 0
      heights.set(x, base + y)
      return { x, y: base + y, base }
    }),
  )
}
