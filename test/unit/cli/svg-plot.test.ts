import { describe, expect, it } from '@jest/globals'
import { escape, histogram, linePlot } from '../../../src/cli/svg-plot.js'

const labels = { x: 'seconds', y: 'documents/s' }

/** Numbers of an attribute, in order. */
function attributes(svg: string, pattern: RegExp): readonly number[] {
  return [...svg.matchAll(pattern)].map(([, value]) => Number(value))
}

describe('linePlot', () => {
  it('draws both axes from 0, the largest value near the top', () => {
    const svg = linePlot({
      title: 'T',
      labels,
      points: [
        [0, 0],
        [5, 2_000],
        [10, 1_000],
      ],
    })
    const [, points = ''] = /<polyline class="l" points="([^"]*)"/.exec(svg) ?? []
    const places = points.split(' ').map((point) => point.split(',').map(Number))
    expect(places).toEqual([
      [64, 200],
      [344, 28],
      [624, 114],
    ])
    expect(svg).toContain('>2000</text>')
  })

  it.each([[[]], [[[0, 0]]]])('draws an empty frame of %j', (points) => {
    const svg = linePlot({ title: 'T', labels, points: points as [number, number][] })
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('lets no title break out of the picture', () => {
    expect(linePlot({ title: '<script>"&', labels, points: [] })).toContain('&lt;script&gt;&quot;&amp;')
    expect(escape("it's")).toBe("it's")
  })
})

describe('histogram', () => {
  it('draws a bar a step, as high as its share of documents', () => {
    const counts = new Map([
      [0, 10],
      [9, 5],
      [10, 20],
      [39, 40],
    ])
    const svg = histogram('T', 'tokens', counts, 4)
    const heights = attributes(svg, /<rect [^>]*height="([\d.]+)"/g)
    expect(heights).toEqual([64.5, 86, 0, 172])
  })

  it('does not press all bars together for one huge value, which counts with the last bar', () => {
    const counts = new Map([...Array(10).keys()].map((value): [number, number] => [value, 100]))
    const heights = attributes(
      histogram('T', 'tokens', counts.set(1e6, 1), 10),
      /<rect [^>]*height="([\d.]+)"/g,
    )
    expect(heights.slice(0, 9)).toEqual(Array(9).fill(86))
    expect(heights[9]).toBeCloseTo(86.9, 1)
  })
})
