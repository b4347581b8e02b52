import type { FiguresAnswer, ShownFigures, ShownPanel, ShownRow } from '../../../src/web/dashboards-api.js'
import { useLocale, useWords } from '../language.js'
import { useDashboardWords } from './dashboard-words.js'
import { FigureTable } from './figure-table.js'
import { Legend } from './legend.js'
import { points, splitBy, toSeries } from './series.js'
import { TokenBars, TokenCloud, ValueBars } from './token-panels.js'
import { readable } from './values.js'
import { XyChart } from './xy-chart.js'

interface PanelProps {
  readonly panel: ShownPanel
  readonly figures: ShownFigures
  readonly answer: FiguresAnswer
  readonly picker: (panel: ShownPanel, field: string) => ((value: string) => void) | undefined
}

/** One panel of a dashboard, with its figures as a table for those who want them exactly. */
export function Panel({ panel, figures, answer, picker }: PanelProps) {
  const words = useWords()
  const say = useDashboardWords()
  const language = useLocale()
  const { rows, error } = figures
  const title = `panel-${panel.id}`
  const isTable = panel.shape === 'table' || panel.shape === 'events'
  return (
    <div class={`card panel w${panel.width}`} data-panel={panel.id} role="group" aria-labelledby={title}>
      <h2 id={title}>{say(panel.title)}</h2>
      {error !== undefined ? (
        <p class="error">{error}</p>
      ) : !hasValues(rows) ? (
        <p class="nothing">{words.nothingThen}</p>
      ) : isTable ? (
        <FigureTable panel={panel} rows={rows} language={language} picker={(field) => picker(panel, field)} />
      ) : (
        <Drawing panel={panel} rows={rows} answer={answer} language={language} />
      )}
      {!isTable && panel.shape !== 'metric' && hasValues(rows) && (
        <details class="figures">
          <summary>{words.figures}</summary>
          <FigureTable
            panel={panel}
            rows={rows}
            language={language}
            picker={(field) => picker(panel, field)}
          />
        </details>
      )}
    </div>
  )
}

/** False for no group at all, and for one whose every number is missing. */
export function hasValues(rows: readonly ShownRow[]): boolean {
  return rows.some(({ values }) => values.some((value) => value !== null))
}

interface DrawingProps {
  readonly panel: ShownPanel
  readonly rows: readonly ShownRow[]
  readonly answer: FiguresAnswer
  readonly language: string
}

function Drawing(props: DrawingProps) {
  const { panel, rows, language } = props
  switch (panel.shape) {
    case 'metric':
      return <p class="big">{readable(rows[0]?.values[0], panel.metrics[0]?.unit ?? 'number', language)}</p>
    case 'cloud':
      return <TokenCloud rows={rows} language={language} />
    case 'token-bars':
      return <TokenBars rows={rows} language={language} />
    case 'horizontal-bar':
      return <ValueBars rows={rows} language={language} />
    case 'small-multiples':
      return <SmallMultiples {...props} />
    case 'line':
    case 'area':
    case 'bar':
    case 'stacked-areas':
      return <AxisChart {...props} />
    case 'table':
    case 'events':
      return <FigureTable panel={panel} rows={rows} language={language} />
  }
}

function AxisChart({ panel, rows, answer, language }: DrawingProps) {
  const say = useDashboardWords()
  const isTime = panel.buckets[0]?.by === 'time'
  // Values stand as they are; only names of metrics are words of the page.
  const isSplit = panel.buckets.length > 1
  const series = toSeries(panel, rows).map(({ label, points: own }) => {
    return { label: isSplit ? label : say(label), points: own }
  })
  const step = isTime ? answer.intervalMs : stepOf(rows)
  const kind = panel.shape === 'bar' ? 'bars' : panel.shape === 'line' ? 'lines' : 'areas'
  return (
    <>
      <XyChart
        kind={kind}
        series={series}
        axis={isTime ? 'time' : 'number'}
        domain={
          isTime ? timeDomain(answer) : [0, Math.max(...rows.map(({ keys }) => Number(keys[0]))) + step]
        }
        step={step}
        unit={panel.metrics[0]?.unit ?? 'number'}
        label={say(panel.title)}
        language={language}
      />
      <Legend labels={series.map(({ label }) => label)} />
    </>
  )
}

/** A chart for each value of the first bucket; the same series has the same colour in all. */
function SmallMultiples({ panel, rows, answer, language }: DrawingProps) {
  const say = useDashboardWords()
  const time = panel.buckets.length - 1
  const nameOf = ({ keys }: ShownRow): string => keys.slice(1, time).reverse().join(', ')
  const names = [...new Set(rows.map(nameOf))].sort()
  return (
    <>
      <div class="multiples">
        {splitBy(rows, ({ keys }) => String(keys[0])).map(([group, own]) => {
          const series = names.map((label) => {
            const mine = own.filter((row) => nameOf(row) === label)
            return { label, points: points(mine, 0, time) }
          })
          return (
            <div key={group}>
              <h3>{group}</h3>
              <XyChart
                kind="lines"
                series={series}
                axis="time"
                domain={timeDomain(answer)}
                step={answer.intervalMs}
                unit={panel.metrics[0]?.unit ?? 'number'}
                top={1}
                height={180}
                label={`${say(panel.title)}: ${group}`}
                language={language}
              />
            </div>
          )
        })}
      </div>
      <Legend labels={names} />
    </>
  )
}

/** Buckets of time begin where the clock does, the first one before the range. */
function timeDomain({ fromMs, toMs, intervalMs }: FiguresAnswer): readonly [number, number] {
  return [Math.floor(fromMs / intervalMs) * intervalMs, toMs]
}

/** The least distance of two groups of numbers. */
function stepOf(rows: readonly ShownRow[]): number {
  const keys = rows.map(({ keys: [key] }) => Number(key)).sort((a, b) => a - b)
  const steps = keys.slice(1).map((key, place) => key - (keys[place] ?? key))
  return steps.length > 0 ? Math.min(...steps) : 1
}
