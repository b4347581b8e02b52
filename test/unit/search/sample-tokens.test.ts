import { describe, expect, it } from '@jest/globals'
import { requireNearDeadLimits, SampleTokens } from '../../../src/search/sample-tokens.js'

const VECTORS = [
  new Map([
    ['heavy', 4],
    ['everywhere', 1],
    ['light', 0.2],
  ]),
  new Map([
    ['everywhere', 3],
    ['light', 0.1],
    ['##ing', 2],
  ]),
  new Map([['everywhere', 2]]),
]
const sample = new SampleTokens(VECTORS, (token) => token.replace('##', ''))

describe('the tokens of a sample', () => {
  it('are counted with their mean weights, and read as people do', () => {
    expect(sample.documents).toBe(3)
    expect(sample.group(() => true, 2)).toEqual({
      tokens: 4,
      postingShare: 1,
      top: [
        { token: 'everywhere', readable: 'everywhere', documents: 3, meanWeight: 2 },
        { token: 'light', readable: 'light', documents: 2, meanWeight: expect.closeTo(0.15, 9) },
      ],
    })
    expect(sample.tokens.at(-1)).toMatchObject({ token: '##ing', readable: 'ing' })
  })

  it('are weighed against the heaviest token of the same document', () => {
    const ratios = sample.tokens.map(({ token, bestRatio }) => [token, bestRatio])
    expect(ratios).toEqual([
      ['heavy', 1],
      ['everywhere', 1],
      ['light', 0.05],
      ['##ing', 2 / 3],
    ])
  })

  it('say what part of all postings a group of them takes', () => {
    expect(sample.group(({ bestRatio }) => bestRatio < 0.1, 5)).toMatchObject({
      tokens: 1,
      postingShare: 2 / 7,
    })
    expect(new SampleTokens([], String).group(() => true, 5)).toEqual({ tokens: 0, postingShare: 0, top: [] })
  })

  it('that only one document has are not among the heaviest', () => {
    expect(sample.heaviest(5).map(({ token }) => token)).toEqual(['everywhere', 'light'])
  })
})

describe('the limits of near-dead tokens', () => {
  it('are a tenth of the heaviest, and nine documents in ten, unless told otherwise', () => {
    expect(requireNearDeadLimits({})).toEqual({ weakRatio: 0.1, commonShare: 0.9 })
    expect(requireNearDeadLimits({ weakRatio: 0 })).toEqual({ weakRatio: 0, commonShare: 0.9 })
  })

  it.each([-0.1, 1.1, NaN])('are no %p', (value) => {
    expect(() => requireNearDeadLimits({ commonShare: value })).toThrow(
      'commonShare must be a number from 0 to 1',
    )
  })
})
