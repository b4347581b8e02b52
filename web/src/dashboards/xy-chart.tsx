import type { Unit } from '../../../src/web/dashboards-api.js'
import { type Series, stack, type StackedPoint } from './series.js'
import { numberTicks, timeLabel, timeTicks } from './ticks.js'
import { useWidth } from './use-width.js'
import { readable, tickLabel } from './values.js'

interface XyChartProps {
  readonly kind: 'lines' | 'areas' | 'bars'
  readonly series: readonly Series[]
  /** Both ends of the horizontal axis. */
  readonly domain: readonly [number, number]
  readonly axis: 'time' | 'number'
  /** Width of a bar, in the axis's own unit. */
  readonly step: number
  readonly unit: Unit
  /** Upper end of the vertical axis. Default: what the values need. */
  readonly top?: number
  readonly height?: number
  readonly label: string
  readonly language: string
}

const MARGIN = { left: 46, right: 14, top: 10, bottom: 24 }
const DEFAULT_HEIGHT = 220
/** More points than this are a line and nothing else. */
const MAX_DOTS = 60

interface Frame {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly width: number
  readonly height: number
}

/** Lines, stacked areas or stacked bars over time or over a number. */
export function XyChart(props: XyChartProps) {
  const { series, domain, kind, height = DEFAULT_HEIGHT, label } = props
  const [box, width] = useWidth()
  const stacked: readonly (readonly StackedPoint[])[] =
    kind === 'lines'
      ? series.map(({ points }) => points.map((point) => ({ ...point, base: 0 })))
      : stack(series)
  const highest = Math.max(0, ...stacked.flat().map(({ y }) => y))
  const ticks = numberTicks(props.top ?? highest, 4)
  const top = ticks.at(-1) ?? 1
  const span = domain[1] - domain[0] || 1
  const frame: Frame = {
    width,
    height,
    x: (value) => MARGIN.left + ((value - domain[0]) / span) * (width - MARGIN.left - MARGIN.right),
    y: (value) => height - MARGIN.bottom - (value / top) * (height - MARGIN.top - MARGIN.bottom),
  }
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          <Grid {...props} frame={frame} ticks={ticks} />
          {stacked.map((points, place) => (
            <g key={series[place]?.label} class={seriesClass(place)}>
              {kind === 'bars' ? (
                <Bars {...props} frame={frame} points={points} name={series[place]?.label ?? ''} />
              ) : (
                <Path {...props} frame={frame} points={points} name={series[place]?.label ?? ''} />
              )}
            </g>
          ))}
        </svg>
      )}
    </div>
  )
}

/** Colour of a series; after eight they begin again. */
export function seriesClass(place: number): string {
  return `series-${place % 8}`
}

interface GridProps extends XyChartProps {
  readonly frame: Frame
  readonly ticks: readonly number[]
}

function Grid({ frame, ticks, unit, language, domain, axis }: GridProps) {
  const { x, y, width, height } = frame
  const room = width - MARGIN.left - MARGIN.right
  const across =
    axis === 'time'
      ? timeTicks(domain[0], domain[1], room / 80)
      : numberTicks(domain[1], room / 60).filter((tick) => tick <= domain[1])
  return (
    <g class="grid" aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
          <text x={MARGIN.left - 6} y={y(tick) + 4} text-anchor="end">
            {tickLabel(tick, unit, language)}
          </text>
        </g>
      ))}
      {across.map((tick) => (
        <text key={tick} x={x(tick)} y={height - 6} text-anchor="middle">
          {axis === 'time' ? timeLabel(tick, language) : tick.toLocaleString(language)}
        </text>
      ))}
    </g>
  )
}

interface MarksProps extends XyChartProps {
  readonly frame: Frame
  readonly points: readonly StackedPoint[]
  readonly name: string
}

function hint({ name, unit, axis, language }: MarksProps, { x, y, base }: StackedPoint): string {
  const place = axis === 'time' ? new Date(x).toLocaleString(language) : x.toLocaleString(language)
  return `${name}: ${readable(y - base, unit, language)} (${place})`
}

function Bars(props: MarksProps) {
  const { frame, points, step } = props
  return (
    <>
      {points.map((point) => (
        <rect
          key={point.x}
          x={frame.x(point.x)}
          y={frame.y(point.y)}
          width={Math.max(1, frame.x(point.x + step) - frame.x(point.x) - 1)}
          height={Math.max(0, frame.y(point.base) - frame.y(point.y))}
        >
          <title>{hint(props, point)}</title>
        </rect>
      ))}
    </>
  )
}

function Path(props: MarksProps) {
  const { frame, points, kind } = props
  const above = points.map(({ x, y }) => `${frame.x(x)},${frame.y(y)}`)
  const below = points.map(({ x, base }) => `${frame.x(x)},${frame.y(base)}`).reverse()
  return (
    <>
      {kind === 'areas' && <polygon points={[...above, ...below].join(' ')} />}
      <polyline points={above.join(' ')} />
      {points.length <= MAX_DOTS &&
        points.map((point) => (
          <circle key={point.x} cx={frame.x(point.x)} cy={frame.y(point.y)} r={points.length > 20 ? 2 : 3}>
            <title>{hint(props, point)}</title>
          </circle>
        ))}
    </>
  )
}
