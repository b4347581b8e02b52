import { describe, expect, it } from '@jest/globals'
import { stack, toSeries } from '../../../../web/src/dashboards/series.js'

const time = { by: 'time', field: '@timestamp', label: 'time' } as const
const metric = (label: string) => ({ label, unit: 'number' }) as const

describe('series of a chart', () => {
  it('are the metrics where time alone groups events, with gaps where a value is missing', () => {
    const rows = [
      { keys: [2], values: [4, 1] },
      { keys: [1], values: [3, null] },
    ]
    expect(toSeries({ buckets: [time], metrics: [metric('a'), metric('b')] }, rows)).toEqual([
      {
        label: 'a',
        points: [
          { x: 1, y: 3 },
          { x: 2, y: 4 },
        ],
      },
      { label: 'b', points: [{ x: 2, y: 1 }] },
    ])
  })

  it('are the values of the second bucket where there is one', () => {
    const index = { by: 'value', field: 'splade.index', label: 'index' } as const
    const rows = [
      { keys: [1, 'x'], values: [3] },
      { keys: [1, 'y'], values: [5] },
      { keys: [2, 'x'], values: [4] },
    ]
    const series = toSeries({ buckets: [time, index], metrics: [metric('n')] }, rows)
    expect(series.map(({ label, points }) => [label, points.length])).toEqual([
      ['x', 2],
      ['y', 1],
    ])
  })

  it('lie on those before them where both have a value', () => {
    const stacked = stack([
      { label: 'a', points: [{ x: 1, y: 2 }] },
      {
        label: 'b',
        points: [
          { x: 1, y: 3 },
          { x: 2, y: 1 },
        ],
      },
    ])
    expect(stacked[1]).toEqual([
      { x: 1, y: 5, base: 2 },
      { x: 2, y: 1, base: 0 },
    ])
  })
})
