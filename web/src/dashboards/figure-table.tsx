import type { Cell, ShownBucket, ShownPanel, ShownRow, Unit } from '../../../src/web/dashboards-api.js'
import { useDashboardWords } from './dashboard-words.js'
import { readable } from './values.js'

interface FigureTableProps {
  readonly panel: ShownPanel
  readonly rows: readonly ShownRow[]
  readonly language: string
  /** Narrows down to a value; undefined for a field that nothing can be narrowed down by. */
  readonly picker?: (field: string) => ((value: string) => void) | undefined
}

/** More rows are left to the engine. */
const MAX_ROWS = 500

/** All figures of a panel, as a table in a window of its own. */
export function FigureTable({ panel, rows, language, picker }: FigureTableProps) {
  const say = useDashboardWords()
  const alignment = (column: number): string | undefined =>
    rows.some(({ values }) => typeof values[column] === 'number') ? 'number' : undefined
  return (
    <div class="table" tabIndex={0} role="region" aria-label={say(panel.title)}>
      <table>
        <thead>
          <tr>
            {panel.buckets.map(({ label }) => (
              <th key={label} scope="col">
                {say(label)}
              </th>
            ))}
            {panel.metrics.map(({ label }, column) => (
              <th key={label} scope="col" class={alignment(column)}>
                {say(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(({ keys, values }, place) => (
            <tr key={place}>
              {panel.buckets.map((bucket, depth) => (
                <td key={bucket.label}>
                  <Key
                    bucket={bucket}
                    value={keys[depth] ?? ''}
                    language={language}
                    pick={picker?.(bucket.field)}
                  />
                </td>
              ))}
              {panel.metrics.map(({ label, unit }, column) => (
                <td key={label} class={alignment(column)}>
                  <Value value={values[column]} unit={unit} language={language} pick={picker?.(label)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface KeyProps {
  readonly bucket: ShownBucket
  readonly value: string | number
  readonly language: string
  readonly pick: ((value: string) => void) | undefined
}

function Key({ bucket, value, language, pick }: KeyProps) {
  if (bucket.by === 'time') return <>{new Date(value).toLocaleString(language)}</>
  const text = String(value)
  return pick === undefined ? <>{text}</> : <Pickable text={text} pick={pick} />
}

interface ValueProps {
  readonly value: Cell | undefined
  readonly unit: Unit
  readonly language: string
  readonly pick: ((value: string) => void) | undefined
}

/** Columns of a list of events are fields too. */
function Value({ value, unit, language, pick }: ValueProps) {
  if (typeof value === 'string' && pick !== undefined) return <Pickable text={value} pick={pick} />
  return <>{readable(value, unit, language)}</>
}

function Pickable({ text, pick }: { readonly text: string; readonly pick: (value: string) => void }) {
  return (
    <button
      type="button"
      class="link key"
      title={text}
      onClick={() => {
        pick(text)
      }}
    >
      {text}
    </button>
  )
}
