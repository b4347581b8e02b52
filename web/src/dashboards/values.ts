import type { Cell, Unit } from '../../../src/web/dashboards-api.js'

const NANOSECONDS_PER_MS = 1e6

/** A figure as people read it; nothing for a group without a value. */
export function readable(value: Cell | undefined, unit: Unit, language: string): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? '✓' : ''
  if (typeof value === 'string') return value
  switch (unit) {
    case 'count':
      return value.toLocaleString(language)
    case 'part':
      return value.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 })
    case 'ns':
      return shortNumber(value / NANOSECONDS_PER_MS, language)
    case 'ms':
    case 'number':
      return shortNumber(value, language)
  }
}

/** A value of an axis, which is round. */
export function tickLabel(value: number, unit: Unit, language: string): string {
  if (unit === 'part') return readable(value, unit, language)
  const shown = unit === 'ns' ? value / NANOSECONDS_PER_MS : value
  return shown.toLocaleString(language, { maximumFractionDigits: 6 })
}

/** As many decimals as say something. */
function shortNumber(value: number, language: string): string {
  const size = Math.abs(value)
  const digits = Number.isInteger(value) ? 0 : size < 1 ? 4 : size < 100 ? 2 : 1
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
