import { describe, expect, it } from '@jest/globals'
import { printComparison } from '../../../src/cli/render-comparison.js'
import type { ModelComparison } from '../../../src/evaluate/compare-models.js'
import { recordingTerminal } from './recording-terminal.js'

const COMPARISON: ModelComparison = {
  queries: 2,
  meanOverlap: 0.55,
  foundNothing: 0,
  unchanged: 1,
  ndcg: { queries: 2, a: 0.5, b: 0.75, better: 1, worse: 0, equal: 1, p: 0.5 },
  corpus: {
    documents: 60,
    activeTokens: { a: 37.62, b: 105 },
    more: [{ token: '차량', b: { documents: 4, meanWeight: 1.25 } }],
    fewer: [],
  },
  changed: [
    {
      id: 'ko-q01',
      text: '시동이 안 걸려요',
      activeTokens: { a: 10, b: 31 },
      overlap: 0.1,
      ndcg: { a: 0, b: 0.5 },
      won: [{ id: 'ko-006', rankB: 3, grade: 1 }],
      lost: [],
      moved: [{ id: 'ko-001', rankA: 1, rankB: 2 }],
      queryTokens: {
        appeared: [{ token: '자동차', b: 1.85, shareChange: 0.2 }],
        disappeared: [{ token: '이', a: 1, shareChange: -0.1 }],
        changed: [{ token: '시동', a: 1, b: 2.77, shareChange: 0.3 }],
      },
      documents: [
        {
          id: 'ko-006',
          title: '차량 시동',
          tokens: { appeared: [{ token: '자동차', b: 1.6, shareChange: 1 }], disappeared: [], changed: [] },
        },
      ],
    },
  ],
}

describe('printComparison', () => {
  it('prints figures, the corpus, and the queries with ranks and tokens in columns', () => {
    const terminal = recordingTerminal()
    printComparison(terminal, { a: 'bm25', b: 'mini' }, COMPARISON)
    expect(terminal.printed()).toBe(
      `bm25 → mini: 2 queries

overlap@10 55 %, same hits in the same order for 1 of 2
           bm25    mini   change
ndcg@10  0.5000  0.7500  +0.2500
better for 1, worse for 0, equal for 1; p = 0.50 (paired randomisation test, at most 10,000 rounds)

60 documents: 37.6 → 105.0 tokens each
  in more documents
    차량  0 → 4  mean weight – → 1.25

 1. 시동이 안 걸려요  ko-q01
    ndcg@10 0.0000 → 0.5000, overlap@10 10 %
    won            *ko-006 –→3
    moved          ko-001 1→2
    query new      자동차 1.85
    query gone     이 1.00
    query weights  시동 1.00→2.77
    ko-006         차량 시동
      new          자동차 1.60
`,
    )
  })

  it('says nothing of judgements and documents where there are none', () => {
    const terminal = recordingTerminal()
    const { queries, meanOverlap = 0, foundNothing, unchanged } = COMPARISON
    printComparison(
      terminal,
      { a: 'a', b: 'b' },
      { queries, meanOverlap, foundNothing, unchanged, changed: [] },
    )
    expect(terminal.printed()).not.toMatch(/ndcg|documents/)
  })

  it('says plainly where neither model finds anything, and why', () => {
    const terminal = recordingTerminal()
    const nothing = {
      won: [],
      lost: [],
      moved: [],
      queryTokens: { appeared: [], disappeared: [], changed: [] },
    }
    printComparison(
      terminal,
      { a: 'a', b: 'b' },
      {
        queries: 2,
        foundNothing: 2,
        unchanged: 0,
        changed: [
          { ...nothing, id: 'q1', text: '!!', activeTokens: { a: 0, b: 0 } },
          { ...nothing, id: 'q2', text: 'penguins', activeTokens: { a: 1, b: 0 } },
        ],
      },
    )
    expect(terminal.printed()).toBe(`a → b: 2 queries

neither finds anything for 2 of 2

 1. !!  q1
    no token that either model knows, so neither can find anything

 2. penguins  q2
    neither finds anything
`)
  })

  it('leaves queries without hits out of the overlap', () => {
    const terminal = recordingTerminal()
    printComparison(terminal, { a: 'a', b: 'b' }, { ...COMPARISON, foundNothing: 1, changed: [] })
    expect(terminal.printed()).toContain(
      'overlap@10 55 %, same hits in the same order for 1 of 2, neither finds anything for 1 of 2\n',
    )
  })
})
