import { describe, expect, it } from '@jest/globals'
import { noMatchMessage, printHits, type ShownHit } from '../../../src/cli/render-hits.js'
import type { TokenContribution } from '../../../src/explain/contributions.js'
import { recordingTerminal } from './recording-terminal.js'

function token(name: string, share: number, spans: TokenContribution['spans'] = []): TokenContribution {
  const contribution = share * 8
  const names = { token: name, readable: name, feature: name, expansion: spans.length === 0 }
  return { ...names, queryWeight: 2, documentWeight: contribution / 2, contribution, share, spans }
}

const HIT: ShownHit = {
  id: 'en-1',
  score: 8,
  title: 'A car',
  text: 'A car\nthat starts',
  tokens: [token('car', 0.75, [[2, 5]]), token('vehicle', 0.25)],
}

function rendered(hits: readonly ShownHit[], explain = false, colours = false): string {
  const terminal = recordingTerminal({ colours })
  printHits(terminal, hits, explain)
  expect(terminal.noted()).toBe('')
  return terminal.printed()
}

describe('printHits', () => {
  it('prints rank, score, title, id, the tokens in columns, and the text in one line with brackets', () => {
    expect(rendered([HIT])).toBe(
      ' 1. 8.0000  A car  en-1\n' +
        '    car       2.00 × 3.00 = 6.00  75 %\n' +
        '    +vehicle  2.00 × 1.00 = 2.00  25 %\n' +
        '    A [car] that starts\n',
    )
  })

  it('highlights by colour where there is colour, without brackets', () => {
    const text = rendered([HIT], false, true)
    expect(text).toContain('\u001b[7mcar\u001b[27m')
    expect(text).not.toContain('[car]')
  })

  it('says so where a document has no title', () => {
    expect(rendered([{ ...HIT, title: '' }])).toContain('(no title)')
  })

  it('lines up ranks of two digits', () => {
    const ranks = rendered(Array.from({ length: 10 }, () => HIT)).match(/^ ?\d+\./gm)
    expect([ranks?.[0], ranks?.[9]]).toEqual([' 1.', '10.'])
  })

  it('names what a hit lacks in one line where an explanation is asked for, and says nothing where it lacks nothing', () => {
    const lacking = { ...HIT, missed: [{ readable: 'wheel' }, { readable: 'starter' }] }
    expect(rendered([lacking], true)).toContain('\n    lacks wheel, starter\n    A [car]')
    expect(rendered([lacking])).not.toContain('lacks')
    expect(rendered([{ ...HIT, missed: [] }], true)).not.toContain('lacks')
  })

  describe('with more than five tokens', () => {
    const many = { ...HIT, tokens: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => token(name, 1 / 7)) }

    it('sums up the rest', () => {
      expect(rendered([many])).toContain('\n    2 more tokens, 29 %\n')
    })

    it('lists all where an explanation is asked for', () => {
      const text = rendered([many], true)
      expect(text.match(/ × /g)).toHaveLength(7)
      expect(text).not.toContain('more token')
    })
  })

  it('marks where the text was cut', () => {
    const text = `${'word '.repeat(100)}car ${'word '.repeat(100)}`
    const far = { ...HIT, text, tokens: [token('car', 1, [[500, 503]])] }
    expect(rendered([far])).toMatch(/\n {4}….*\[car\].*…\n$/)
  })
})

describe('noMatchMessage', () => {
  it.each([
    [0, undefined, 'No match: "q" has no token that the model knows, so nothing can match.'],
    [1, undefined, 'No match: the only token of "q" occurs in no document of index docs.'],
    [3, undefined, 'No match: none of the 3 tokens of "q" occurs in any document of index docs.'],
    [3, 2.5, 'No match: no document of index docs scores 2.5 or more.'],
    [0, 2.5, 'No match: "q" has no token that the model knows, so nothing can match.'],
  ])('says why with %d tokens and a least score of %s', (tokens, minScore, message) => {
    expect(noMatchMessage('q', tokens, 'docs', minScore)).toBe(message)
  })
})
