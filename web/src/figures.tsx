import { useState } from 'preact/hooks'
import { useLocale, useWords } from './language.js'

/** One column of a table of figures. */
export interface FigureColumn<Row> {
  readonly label: string
  /** Text as it stands, a number with its decimals; undefined where a row has none. */
  readonly cell: (row: Row) => string | number | undefined
  /** Digits after the point, or a part of 1 as a percentage. Default: three. */
  readonly format?: Intl.NumberFormatOptions
}

/** A part of 1, as a percentage. */
export const PART: Intl.NumberFormatOptions = { style: 'percent', minimumFractionDigits: 1 }

const THREE_DECIMALS: Intl.NumberFormatOptions = { minimumFractionDigits: 3, maximumFractionDigits: 3 }

interface FiguresProps<Row> {
  /** Whose figures they are. */
  readonly title: string
  /** The first one names a row. */
  readonly columns: readonly FigureColumn<Row>[]
  readonly rows: readonly Row[]
}

/**
 * What a chart shows, as a table to be opened by mouse, key or touch; nothing where there are no figures. It is drawn
 * when it is open: a page has many.
 */
export function Figures<Row>({ title, columns, rows }: FiguresProps<Row>) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  if (rows.length === 0) return null
  return (
    <details
      class="figures"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open)
      }}
    >
      <summary>
        {words.figures}
        <span class="visually-hidden">: {title}</span>
      </summary>
      {isOpen && <Table {...{ title, columns, rows }} />}
    </details>
  )
}

function Table<Row>({ title, columns, rows }: FiguresProps<Row>) {
  const words = useWords()
  const language = useLocale()
  const alignment = ({ cell }: FigureColumn<Row>): string | undefined =>
    rows.some((row) => typeof cell(row) === 'number') ? 'number' : undefined
  return (
    // What scrolls has to be reached by the keyboard. No region: those are landmarks, and a page has few of them.
    <div class="table" tabIndex={0} role="group" aria-label={`${words.figures}: ${title}`}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={alignment(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              {columns.map((column, position) => {
                const Cell = position === 0 ? 'th' : 'td'
                return (
                  <Cell
                    key={column.label}
                    class={alignment(column)}
                    {...(position === 0 && { scope: 'row' })}
                  >
                    {shown(column.cell(row), column.format ?? THREE_DECIMALS, language)}
                  </Cell>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function shown(
  value: string | number | undefined,
  format: Intl.NumberFormatOptions,
  language: string,
): string {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : value.toLocaleString(language, format)
}
