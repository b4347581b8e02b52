import { useState } from 'preact/hooks'
import {
  type DashboardsAnswer,
  type FiguresAnswer,
  RANGES,
  type ShownControl,
  type ShownDashboard,
  type ShownPanel,
} from '../../../src/web/dashboards-api.js'
import type { ViewProps } from '../address.js'
import { useWords } from '../language.js'
import { server } from '../server.js'
import { Tabs } from '../tabs.js'
import { useAnswer } from '../use-answer.js'
import { type Choice, formatChoice, parseChoice, toRequest, withFilter } from './choice.js'
import { useDashboardWords } from './dashboard-words.js'
import { hasValues, Panel } from './panel.js'

/** The dashboards of telemetry, drawn from the engine's own figures. */
export default function DashboardsView(place: ViewProps) {
  const words = useWords()
  const { answer, error } = useAnswer<DashboardsAnswer>('list', () => server.dashboards())
  if (error !== undefined) return <Failure reason={error} />
  if (answer === undefined) return <p role="status">{words.working}</p>
  return <Dashboards dashboards={answer.dashboards} {...place} />
}

function Failure({ reason }: { readonly reason: string }) {
  const words = useWords()
  return (
    <p class="error" role="alert">
      {reason === '' ? words.unreachable : reason}
    </p>
  )
}

/** The choice stands in the address, so that it can be kept and shared, and so that every choice can be gone back from. */
function Dashboards({ dashboards, address, go }: DashboardsAnswer & ViewProps) {
  const words = useWords()
  const say = useDashboardWords()
  const choice = parseChoice(address)
  const setChoice = (chosen: Choice): void => {
    go(formatChoice(chosen), 'push')
  }
  const [asked, setAsked] = useState(0)
  const dashboard = dashboards.find(({ id }) => id === choice.dashboard) ?? dashboards[0]
  const request = dashboard && toRequest(choice, dashboard)
  const key = request === undefined ? '' : `${asked} ${JSON.stringify(request)}`
  const { answer, isWaiting, error } = useAnswer(key, async (signal) => ({
    figures: await server.figures(request ?? { dashboard: '', range: choice.range }, signal),
    of: request?.dashboard,
  }))
  if (dashboard === undefined) return null
  const figures = answer?.of === dashboard.id ? answer.figures : undefined
  return (
    <div class="dashboards">
      <Tabs
        name="dashboard"
        label={words.dashboards}
        chosen={dashboard.id}
        onChoose={(id) => {
          setChoice({ ...choice, dashboard: id })
        }}
        tabs={dashboards.map(({ id, title }) => ({ value: id, text: say(title) }))}
      />
      <Controls
        dashboard={dashboard}
        choice={choice}
        figures={figures}
        onChange={setChoice}
        onRefresh={() => {
          setAsked(asked + 1)
        }}
      />
      {error !== undefined && <Failure reason={error} />}
      <p class="visually-hidden" role="status">
        {isWaiting ? words.working : ''}
      </p>
      <div
        id="dashboard-panel"
        role="tabpanel"
        aria-labelledby={`dashboard-${dashboard.id}`}
        aria-busy={isWaiting}
      >
        {figures && (
          <Panels
            dashboard={dashboard}
            figures={figures}
            picker={pickerOf(dashboards, dashboard, choice, setChoice)}
          />
        )}
      </div>
    </div>
  )
}

type Picker = (panel: ShownPanel, field: string) => ((value: string) => void) | undefined

/** Where a click on a value leads: to the dashboard of the panel's drill-down, or to a filter of this one. */
function pickerOf(
  dashboards: readonly ShownDashboard[],
  current: ShownDashboard,
  choice: Choice,
  setChoice: (choice: Choice) => void,
): Picker {
  return (panel, field) => {
    const goal = dashboards.find(({ id }) => id === panel.drillDown) ?? current
    if (!goal.controls.some((control) => control.field === field)) return undefined
    return (value) => {
      setChoice({ ...withFilter(choice, field, value), dashboard: goal.id })
    }
  }
}

interface ControlsProps {
  readonly dashboard: ShownDashboard
  readonly choice: Choice
  readonly figures: FiguresAnswer | undefined
  readonly onChange: (choice: Choice) => void
  readonly onRefresh: () => void
}

function Controls({ dashboard, choice, figures, onChange, onRefresh }: ControlsProps) {
  const words = useWords()
  return (
    <div class="dashboard-controls">
      <label class="choice">
        <span>{words.range}</span>
        <select
          value={choice.range}
          onChange={({ currentTarget }) => {
            onChange({
              ...choice,
              range: RANGES.find((range) => range === currentTarget.value) ?? choice.range,
            })
          }}
        >
          {RANGES.map((range) => (
            <option key={range} value={range}>
              {words.ranges[range]}
            </option>
          ))}
        </select>
      </label>
      {dashboard.controls.map((control) => (
        <Control
          key={control.field}
          control={control}
          chosen={choice.filters[control.field]?.[0] ?? ''}
          values={figures?.choices[control.field] ?? []}
          onChange={(value) => {
            onChange(withFilter(choice, control.field, value))
          }}
        />
      ))}
      <button type="button" class="quiet" onClick={onRefresh}>
        {words.refresh}
      </button>
    </div>
  )
}

interface ControlProps {
  readonly control: ShownControl
  readonly chosen: string
  readonly values: readonly string[]
  readonly onChange: (value: string) => void
}

function Control({ control, chosen, values, onChange }: ControlProps) {
  const words = useWords()
  const say = useDashboardWords()
  // A value that has no events now stays on show, so that it can be taken away.
  const shown = chosen === '' || values.includes(chosen) ? values : [chosen, ...values]
  return (
    <label class="choice">
      <span>{say(control.label)}</span>
      <select
        value={chosen}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value)
        }}
      >
        <option value="">{words.all}</option>
        {shown.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  )
}

interface PanelsProps {
  readonly dashboard: ShownDashboard
  readonly figures: FiguresAnswer
  readonly picker: Picker
}

function Panels({ dashboard, figures, picker }: PanelsProps) {
  const words = useWords()
  const panels = dashboard.panels.map((panel) => [panel, figures.panels[panel.id] ?? { rows: [] }] as const)
  const isEmpty = panels.every(([, { rows, error }]) => error === undefined && !hasEvents(rows))
  if (isEmpty)
    return (
      <div class="card empty">
        <p>{words.noTelemetry}</p>
        <pre>{words.telemetryCommands[dashboard.id] ?? ''}</pre>
      </div>
    )
  return (
    <div class="panels">
      {panels.map(([panel, own]) => (
        <Panel
          key={`${dashboard.id}-${panel.id}`}
          panel={panel}
          figures={own}
          answer={figures}
          picker={picker}
        />
      ))}
    </div>
  )
}

/** Counts and sums of no events are 0. */
function hasEvents(rows: Parameters<typeof hasValues>[0]): boolean {
  return hasValues(rows) && rows.some(({ values }) => values.some((value) => value !== null && value !== 0))
}
