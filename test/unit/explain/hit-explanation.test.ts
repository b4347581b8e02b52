import { describe, expect, it } from '@jest/globals'
import { highlightsOf, toHitExplanation } from '../../../src/explain/hit-explanation.js'

const TEXT = '보스턴 마라톤, 다시 보스턴'
const query = new Map([
  ['##턴', 1],
  ['run.', 3],
  ['보스', 2],
  ['마라톤', 0.5],
  ['sea', 0.25],
])

describe('toHitExplanation', () => {
  const explanation = toHitExplanation({
    text: TEXT,
    query,
    contributions: new Map([
      ['보스', 2],
      ['##턴', 1],
      ['run.', 3],
    ]),
    spans: new Map([
      ['보스', [[0, 2] as const, [12, 14] as const]],
      ['##턴', [[2, 3] as const, [14, 15] as const]],
    ]),
    readable: (token) => token.replace('##', ''),
  })

  it('sums up what the sparse query gave', () => {
    expect(explanation.sparseScore).toBe(6)
  })

  it('names each token as people read it, and as the field has it, and says which were added', () => {
    const names = explanation.tokens.map(({ token, readable, feature, expansion }) => ({
      token,
      readable,
      feature,
      expansion,
    }))
    expect(names).toEqual([
      { token: 'run.', readable: 'run.', feature: 'run%2E', expansion: true },
      { token: '보스', readable: '보스', feature: '보스', expansion: false },
      { token: '##턴', readable: '턴', feature: '##턴', expansion: false },
    ])
  })

  it('puts the pieces of a word together', () => {
    const words = explanation.words.map(({ word, contribution }) => [word, contribution])
    expect(words).toEqual([
      ['보스턴', 3],
      ['run.', 3],
    ])
  })

  it('lists the tokens of the query that the document lacks, heaviest first', () => {
    expect(explanation.missed).toEqual([
      { token: '마라톤', readable: '마라톤', feature: '마라톤', queryWeight: 0.5 },
      { token: 'sea', readable: 'sea', feature: 'sea', queryWeight: 0.25 },
    ])
    expect(explanation.missedWords.map(({ word }) => word)).toEqual(['마라톤', 'sea'])
  })

  it('highlights every place once, touching pieces as one', () => {
    expect(explanation.highlights.map(({ span }) => TEXT.slice(...span))).toEqual(['보스턴', '보스턴'])
    expect(explanation.highlights[0]?.tokens).toEqual(['보스', '##턴'])
    expect(explanation.highlights[0]?.readable).toEqual(['보스', '턴'])
  })
})

describe('highlightsOf', () => {
  it('joins tokens that overlap, and keeps those apart that do not touch', () => {
    const highlights = highlightsOf([
      { token: 'ab', readable: 'ab', spans: [[0, 2]] },
      { token: '##bcd', readable: 'bcd', spans: [[1, 4]] },
      { token: 'inside', readable: 'inside', spans: [[1, 2]] },
      { token: 'f', readable: 'f', spans: [[5, 6]] },
    ])
    expect(highlights).toEqual([
      { span: [0, 4], tokens: ['ab', '##bcd', 'inside'], readable: ['ab', 'bcd', 'inside'] },
      { span: [5, 6], tokens: ['f'], readable: ['f'] },
    ])
  })

  it('has none for tokens that the model added', () => {
    expect(highlightsOf([{ token: 'added', readable: 'added', spans: [] }])).toEqual([])
  })
})
