const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 10_080, 20_160].map(
  (minutes) => minutes * MINUTE_MS,
)

/** Round numbers from 0 to `max` or just above it, `count` or so. */
export function numberTicks(max: number, count: number): readonly number[] {
  if (!(max > 0)) return [0, 1]
  const rough = max / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough
  const last = Math.ceil(max / step - 1e-9)
  return Array.from({ length: last + 1 }, (_, place) => Number((place * step).toPrecision(12)))
}

/** Times between two others, at most `count`, that start with the reader's own days and hours. */
export function timeTicks(fromMs: number, toMs: number, count: number): readonly number[] {
  const least = (toMs - fromMs) / Math.max(1, count)
  const step = TIME_STEPS_MS.find((candidate) => candidate >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS
  const midnight = new Date(fromMs)
  midnight.setHours(0, 0, 0, 0)
  const first = midnight.getTime() + Math.ceil((fromMs - midnight.getTime()) / step) * step
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / step) + 1) },
    (_, place) => first + place * step,
  )
}

/** The day at midnight or where days are counted, else the time of the day. */
export function timeLabel(timeMs: number, language: string): string {
  const time = new Date(timeMs)
  const isMidnight = time.getHours() === 0 && time.getMinutes() === 0
  return isMidnight
    ? time.toLocaleDateString(language, { month: 'short', day: 'numeric' })
    : time.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}
