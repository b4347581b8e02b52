import { describe, expect, it } from '@jest/globals'
import { fuse, type RankedList } from '../../../../../src/proxy/rewrite/hybrid/fuse.js'

const list = (
  hits: Record<string, number>,
  weight = 1,
  normalization: RankedList['normalization'] = 'min_max',
) => ({
  hits: Object.entries(hits).map(([key, score]) => ({ key, score })),
  weight,
  normalization,
})
const asObject = (hits: ReturnType<typeof fuse>) =>
  Object.fromEntries(hits.map(({ key, score }) => [key, score]))

describe('fusing', () => {
  it('by rank sums what each place is worth', () => {
    const fused = fuse([list({ a: 9, b: 8 }), list({ b: 1, c: 0.5 }, 2)], { kind: 'rrf', rankConstant: 60 })
    expect(fused.map(({ key }) => key)).toEqual(['b', 'c', 'a'])
    expect(asObject(fused)).toEqual({ b: 1 / 62 + 2 / 61, c: 2 / 62, a: 1 / 61 })
  })

  it('by score brings each list to 0-1, the last above what was not found', () => {
    const fused = fuse([list({ a: 10, b: 6, c: 2 }), list({ c: 7 }, 3)], { kind: 'weighted', isMean: true })
    expect(asObject(fused)).toEqual({ c: (0.001 + 3) / 4, a: 0.25, b: 0.125 })
  })

  it('by score leaves all but the lowest where it is, as OpenSearch does', () => {
    const fused = fuse([list({ a: 1000, b: 0.5, c: 0 })], { kind: 'weighted', isMean: true })
    expect(asObject(fused)).toEqual({ a: 1, c: 0.001, b: 0.0005 })
  })

  it('says what each list gave', () => {
    const lists = [list({ a: 10, b: 6, c: 2 }), list({ c: 7 }, 3)]
    const [best] = fuse(lists, { kind: 'weighted', isMean: true })
    expect(best?.shares).toEqual([
      { search: 0, rank: 3, score: 2, contribution: 0.001 / 4 },
      { search: 1, rank: 1, score: 7, contribution: 0.75 },
    ])
  })

  it.each<[RankedList['normalization'], Record<string, number>]>([
    ['l2', { a: 0.8, b: 0.6 }],
    ['none', { a: 4, b: 3 }],
    ['minmax', { a: 1, b: 0 }],
  ])('can normalize by %s', (normalization, expected) => {
    const fused = fuse([list({ a: 4, b: 3 }, 1, normalization)], { kind: 'weighted', isMean: false })
    expect(asObject(fused)).toEqual(expected)
  })

  it('keeps the order of the lists among equals', () => {
    const fused = fuse([list({ x: 1 }), list({ a: 1 })], { kind: 'rrf', rankConstant: 1 })
    expect(fused.map(({ key }) => key)).toEqual(['x', 'a'])
  })

  it('of nothing is nothing', () => {
    expect(fuse([list({}), list({}, 1, 'l2')], { kind: 'weighted', isMean: true })).toEqual([])
  })
})
