import {
  type FiguresRequest,
  type Range,
  RANGES,
  type ShownDashboard,
} from '../../../src/web/dashboards-api.js'

/** What the reader looks at: without a dashboard, the first one. */
export interface Choice {
  readonly dashboard: string
  readonly range: Range
  readonly filters: Readonly<Record<string, readonly string[]>>
}

const DEFAULT_RANGE: Range = '7d'

/** The choice that an address holds, for example `?view=dashboards&dashboard=…&range=24h&splade.index=docs`. */
export function parseChoice(search: string): Choice {
  const given = new URLSearchParams(search)
  const fields = [...new Set(given.keys())].filter((name) => name.includes('.'))
  return {
    dashboard: given.get('dashboard') ?? '',
    range: RANGES.find((range) => range === given.get('range')) ?? DEFAULT_RANGE,
    filters: Object.fromEntries(fields.map((field) => [field, given.getAll(field)])),
  }
}

/** The address of a choice. */
export function formatChoice({ dashboard, range, filters }: Choice): string {
  const address = new URLSearchParams({ view: 'dashboards', dashboard, range })
  for (const [field, values] of Object.entries(filters))
    for (const value of values) address.append(field, value)
  return `?${address.toString()}`
}

/** What to ask of a dashboard: of an address's filters, those that it has a control for. */
export function toRequest(choice: Choice, { id, controls }: ShownDashboard): FiguresRequest {
  const known = controls.flatMap(({ field }) => {
    const values = choice.filters[field]
    return values === undefined || values.length === 0 ? [] : [[field, values] as const]
  })
  return { dashboard: id, range: choice.range, filters: Object.fromEntries(known) }
}

/** The choice with another value for a control; '' takes the control's filter away. */
export function withFilter(choice: Choice, field: string, value: string): Choice {
  const others = Object.entries(choice.filters).filter(([name]) => name !== field)
  return { ...choice, filters: Object.fromEntries(value === '' ? others : [...others, [field, [value]]]) }
}
