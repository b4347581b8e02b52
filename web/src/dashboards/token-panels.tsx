import type { ShownRow } from '../../../src/web/dashboards-api.js'
import { useWords } from '../language.js'
import { OriginLegend } from './legend.js'
import { readable } from './values.js'

interface RowsProps {
  readonly rows: readonly ShownRow[]
  readonly language: string
}

const SMALLEST_REM = 0.8
const LARGEST_REM = 2.5

/** Tokens as large as their weight, in the order of their letters, so that one can be found. */
export function TokenCloud({ rows, language }: RowsProps) {
  const words = useWords()
  const heaviest = Math.max(...rows.map(weightOf), 0) || 1
  const sorted = [...rows].sort((a, b) => String(a.keys[0]).localeCompare(String(b.keys[0]), language))
  return (
    <>
      <ul class="cloud">
        {sorted.map((row) => {
          const size = SMALLEST_REM + (LARGEST_REM - SMALLEST_REM) * Math.sqrt(weightOf(row) / heaviest)
          return (
            <li
              key={row.keys[0]}
              class={share(row, 1) > 0.5 ? 'added' : 'given'}
              style={{ fontSize: `${size.toFixed(2)}rem` }}
              title={`${row.keys[0] ?? ''}: ${readable(weightOf(row), 'number', language)}`}
            >
              {row.keys[0]}
            </li>
          )
        })}
      </ul>
      <OriginLegend given={words.inTheQuery} added={words.added} />
    </>
  )
}

/** Bars as long as the first metric, what a token gave to scores; tokens of which that is not known are left out. */
export function TokenBars({ rows, language }: RowsProps) {
  const words = useWords()
  const last = (rows[0]?.values.length ?? 1) - 1
  const shown = rows.filter((row) => weightOf(row) > 0)
  if (shown.length === 0) return <p class="nothing">{words.noContributions}</p>
  return (
    <>
      <ValueBars rows={shown} language={language} isAdded={(row) => share(row, last) > 0.5} />
      <OriginLegend given={words.inTheQuery} added={words.added} />
    </>
  )
}

interface ValueBarsProps extends RowsProps {
  readonly isAdded?: (row: ShownRow) => boolean
}

/** Horizontal bars as long as the first metric of each group. */
export function ValueBars({ rows, language, isAdded }: ValueBarsProps) {
  const longest = Math.max(...rows.map(weightOf), 0) || 1
  return (
    <ul class="bars">
      {rows.map((row) => (
        <li key={row.keys[0]} class={isAdded?.(row) === true ? 'bar expansion' : 'bar'}>
          <span class="term" title={String(row.keys[0])}>
            {row.keys[0]}
          </span>
          <span class="track">
            <span style={{ width: `${((weightOf(row) / longest) * 100).toFixed(1)}%` }} />
          </span>
          <span class="figure">{readable(row.values[0], 'number', language)}</span>
        </li>
      ))}
    </ul>
  )
}

function weightOf({ values }: ShownRow): number {
  return Number(values[0] ?? 0)
}

function share({ values }: ShownRow, place: number): number {
  return Number(values[place] ?? 0)
}
