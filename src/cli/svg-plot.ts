/** A picture of numbers as SVG, which needs nothing from anywhere. Colours come from the page, by class. */
export interface Plot {
  readonly title: string
  /** What stands below, and beside. */
  readonly labels: { readonly x: string; readonly y: string }
  readonly points: readonly (readonly [x: number, y: number])[]
}

const [WIDTH, HEIGHT] = [640, 240]
const MARGIN = { left: 64, right: 16, top: 28, bottom: 40 }
const TICKS = 4
/** Of the values of a histogram, before the last bar takes the rest. */
const SHOWN_SHARE = 0.995
const STYLE =
  '<style>text{font:12px system-ui,sans-serif;fill:currentColor}.t{font-weight:600}' +
  '.a{stroke:currentColor;stroke-opacity:.3;fill:none}.l{stroke:#2b6cb0;stroke-width:1.5;fill:none}' +
  '.b{fill:#2b6cb0}</style>'

/** Points joined by a line. */
export function linePlot(plot: Plot): string {
  const scale = scaleOf(plot.points)
  const path = plot.points.map(([x, y]) => `${scale.x(x)},${scale.y(y)}`).join(' ')
  return frame(plot, scale, `<polyline class="l" points="${path}"/>`)
}

/**
 * How often values fall into equal steps, as bars; the last one holds all that are larger as well.
 *
 * @param counts value, >= 0 -> how often it was seen
 */
export function histogram(
  title: string,
  label: string,
  counts: ReadonlyMap<number, number>,
  steps = 40,
): string {
  const points = binned(counts, steps)
  const plot: Plot = { title, labels: { x: label, y: 'documents' }, points }
  const scale = scaleOf(points)
  const width = Math.max(1, (WIDTH - MARGIN.left - MARGIN.right) / steps - 1)
  const bars = points.slice(0, -1).map(([x, y]) => {
    const top = scale.y(y)
    return `<rect class="b" x="${scale.x(x)}" y="${top}" width="${round(width)}" height="${round(scale.y(0) - top)}"/>`
  })
  return frame(plot, scale, bars.join(''))
}

/** Start of each step with its count; the last point is the end of the last step. */
function binned(counts: ReadonlyMap<number, number>, steps: number): readonly (readonly [number, number])[] {
  const size = Math.max(1, Math.ceil((shownUpTo(counts) + 1) / steps))
  const sums = new Array<number>(steps).fill(0)
  for (const [value, count] of counts) {
    const step = Math.min(steps - 1, Math.floor(value / size))
    sums[step] = (sums[step] ?? 0) + count
  }
  return [...sums.map((sum, step) => [step * size, sum] as const), [steps * size, 0]]
}

/** The value that {@link SHOWN_SHARE} of all do not pass: a single huge one must not press the others together. */
function shownUpTo(counts: ReadonlyMap<number, number>): number {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const wanted = SHOWN_SHARE * sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  return sorted.find(([, count]) => (seen += count) >= wanted)?.[0] ?? 1
}

interface Scale {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly xMax: number
  readonly yMax: number
}

/** Both axes begin at 0: a plot must not make a small change look like a large one. */
function scaleOf(points: Plot['points']): Scale {
  const xMax = points.reduce((most, [x]) => Math.max(most, x), 0) || 1
  const yMax = niceAbove(points.reduce((most, [, y]) => Math.max(most, y), 0) || 1)
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom]
  return {
    x: (value) => round(MARGIN.left + (value / xMax) * width),
    y: (value) => round(HEIGHT - MARGIN.bottom - (value / yMax) * height),
    xMax,
    yMax,
  }
}

/** The next of 1, 2, 4, 5 and 10 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return (([1, 2, 4, 5, 10] as const).find((step) => step * power >= value) ?? 10) * power
}

function frame({ title, labels, points }: Plot, scale: Scale, content: string): string {
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => tick / TICKS)
  const below = ticks.map((share) => {
    const value = share * scale.xMax
    return `<text x="${scale.x(value)}" y="${HEIGHT - 22}" text-anchor="middle">${number(value)}</text>`
  })
  const beside = ticks.map((share) => {
    const [value, y] = [share * scale.yMax, scale.y(share * scale.yMax)]
    const line = `<path class="a" d="M${MARGIN.left} ${y}H${WIDTH - MARGIN.right}"/>`
    return `${line}<text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end">${number(value)}</text>`
  })
  const middle = (WIDTH + MARGIN.left) / 2
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}, ${points.length} points">` +
    `${STYLE}<text class="t" x="${MARGIN.left}" y="16">${escape(title)} (${escape(labels.y)})</text>` +
    `${below.join('')}${beside.join('')}${content}` +
    `<text x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">${escape(labels.x)}</text></svg>\n`
  )
}

function number(value: number): string {
  if (value >= 10_000) return `${round(value / 1000)}k`
  return String(value >= 10 ? Math.round(value) : round(value))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Text as HTML and XML take it. */
export function escape(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character)
}
