import { arrayMember, isObject, member, numberMember, stringMember } from '../engine/json.js'
import type { EventsPanel, Figures, Metric } from './definition.js'
import { bucketName, metricName } from './panel-request.js'

/** The figures of one group of events. */
export interface FigureRow {
  /** The group: a key for each bucket of the panel, times as milliseconds since 1970. */
  readonly keys: readonly (string | number)[]
  /** A number or a shared text for each metric of the panel; null where no event of the group has the field. */
  readonly values: readonly (number | string | null)[]
}

/** What a chart draws, from the engine's answer to its request; groups in the engine's order, nested ones together. */
export function readFigures({ buckets, metrics }: Figures, answer: unknown): readonly FigureRow[] {
  const count = numberMember(answer, 'hits', 'total', 'value') ?? 0
  const visit = (
    group: unknown,
    keys: readonly (string | number)[],
    events: number,
  ): readonly FigureRow[] => {
    if (keys.length === buckets.length) {
      const values = metrics.map((metric, place) =>
        readMetric(metric, member(group, metricName(place)), events),
      )
      return [{ keys, values }]
    }
    return arrayMember(group, bucketName(keys.length), 'buckets').flatMap((bucket) =>
      visit(bucket, [...keys, keyOf(bucket)], numberMember(bucket, 'doc_count') ?? 0),
    )
  }
  return visit(member(answer, 'aggregations'), [], count)
}

/** The events of a list, one value a column; a column that an event lacks is null. */
export function readEvents(
  { columns }: EventsPanel,
  answer: unknown,
): readonly (readonly (string | number | boolean | null)[])[] {
  return arrayMember(answer, 'hits', 'hits').map((hit) =>
    columns.map((column) => {
      const value = member(hit, '_source', ...column.split('.'))
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : null
    }),
  )
}

/** Keys of booleans are 0 and 1, and `false` and `true` as text. */
function keyOf(bucket: unknown): string | number {
  return stringMember(bucket, 'key') ?? numberMember(bucket, 'key') ?? ''
}

function readMetric(metric: Metric, found: unknown, events: number): number | string | null {
  if (metric.op === 'count') return events
  if (metric.op === 'shared') return stringMember(arrayMember(found, 'buckets')[0], 'key') ?? null
  if (metric.op !== 'percentile') return numberMember(found, 'value') ?? null
  const values = member(found, 'values')
  const [value] = isObject(values) ? Object.values(values) : []
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
