import { describe, expect, it } from '@jest/globals'
import { contributionsByWord } from '../../../src/explain/by-word.js'
import type { TokenContribution } from '../../../src/explain/contributions.js'

const TEXT = '보스턴에서 a Boston cab, boston tea. 東京都の天気'

/** Every place of the token in {@link TEXT}. */
function contribution(token: string, value: number, places = [...TEXT.matchAll(new RegExp(token, 'gu'))]) {
  const spans = places.map(({ index }) => [index, index + token.length] as const)
  const names = { token, readable: token, feature: token, expansion: spans.length === 0 }
  return { ...names, queryWeight: 1, documentWeight: value, contribution: value, share: value / 10, spans }
}

const sum = (tokens: readonly Pick<TokenContribution, 'contribution'>[]): number =>
  tokens.reduce((total, token) => total + token.contribution, 0)

describe('contributionsByWord', () => {
  it('puts the pieces of a word together, and keeps the sum', () => {
    const tokens = [
      contribution('스턴', 3),
      contribution('cab', 2),
      contribution('보스', 1),
      contribution('보스턴', 0.5),
    ]
    const words = contributionsByWord(TEXT, tokens)
    expect(words.map(({ word, contribution: value }) => [word, value])).toEqual([
      ['보스턴에서', 4.5],
      ['cab', 2],
    ])
    expect(words[0]?.tokens.map(({ token }) => token)).toEqual(['스턴', '보스', '보스턴'])
    expect(words[0]?.share).toBeCloseTo(0.45, 12)
    expect(sum(words)).toBe(sum(tokens))
  })

  it('takes a word in several places, and in capitals, for one', () => {
    const places = [...TEXT.matchAll(/boston/giu)]
    const [word] = contributionsByWord(TEXT, [contribution('boston', 2, places)])
    expect(word?.spans.map(([start, end]) => TEXT.slice(start, end))).toEqual(['Boston', 'boston'])
    expect(word?.word).toBe('Boston')
  })

  it('counts a token of several words once, for the one that others have opened', () => {
    const piece = contribution('a', 1)
    expect(piece.spans.length).toBeGreaterThan(1)
    const words = contributionsByWord(TEXT, [contribution('cab', 2), piece])
    expect(words.map(({ word, contribution: value }) => [word, value])).toEqual([['cab', 3]])
  })

  it('names what the model added as people read it', () => {
    const [word] = contributionsByWord(TEXT, [{ ...contribution('##ding', 1), readable: 'ding' }])
    expect(word).toMatchObject({ word: 'ding', expansion: true, tokens: [{ token: '##ding' }] })
  })

  it('leaves what the model added by itself, and cuts scripts without spaces by dictionary', () => {
    const words = contributionsByWord(TEXT, [contribution('massachusetts', 2), contribution('天', 1)])
    expect(words.map(({ word, expansion }) => [word, expansion])).toEqual([
      ['massachusetts', true],
      ['天気', false],
    ])
  })
})
