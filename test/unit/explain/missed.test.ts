import { describe, expect, it } from '@jest/globals'
import { missedByWord, missedTokens } from '../../../src/explain/missed.js'
import type { Span } from '../../../src/sparse-vector.js'

const TEXT = 'unhelpfulness of a 자동차가'
const PIECES = ['un', 'hel', 'pf', 'ulness', '자동', '동차', 'of']
const QUERY = new Map([
  ['동차', 4],
  ['자동', 3],
  ['ulness', 2.5],
  ['hel', 2],
  ['car', 1.5],
  ['un', 1],
  ['pf', 0.5],
  ['of', 0.1],
])
const spans = new Map(
  PIECES.map((piece) => {
    const start = TEXT.indexOf(piece)
    return [piece, [[start, start + piece.length] as Span]]
  }),
)
const lacking = (...found: string[]) => missedTokens(QUERY, new Set(found), {})
const words = (...found: string[]) =>
  missedByWord(lacking(...found), QUERY, { text: TEXT, spans }).map(({ word, partial, tokens }) => [
    word,
    partial,
    tokens.map(({ token }) => token),
  ])

describe('missedTokens', () => {
  it('has the tokens that were not found, heaviest first', () => {
    expect(lacking('동차', 'hel', 'un', 'pf', 'of', '자동')).toEqual([
      { token: 'ulness', readable: 'ulness', feature: 'ulness', queryWeight: 2.5 },
      { token: 'car', readable: 'car', feature: 'car', queryWeight: 1.5 },
    ])
  })
})

describe('missedByWord', () => {
  it('puts the pieces of a word of the query together, and leaves what the model added by itself', () => {
    expect(words('of')).toEqual([
      ['자동차가', false, ['동차', '자동']],
      ['unhelpfulness', false, ['ulness', 'hel', 'un', 'pf']],
      ['car', false, ['car']],
    ])
  })

  it('says of which words the document has a part', () => {
    expect(words('자동', 'un', 'hel', 'pf', 'car')).toEqual([
      ['자동차가', true, ['동차']],
      ['unhelpfulness', true, ['ulness']],
      ['of', false, ['of']],
    ])
  })

  it('weighs a word by the tokens that are lacking, and knows its place and what the model added', () => {
    const asked = { text: TEXT, spans }
    const [first, second, third] = missedByWord(lacking('자동', 'of'), QUERY, asked)
    expect(first).toMatchObject({ word: 'unhelpfulness', queryWeight: 6, expansion: false, spans: [[0, 13]] })
    expect(second).toMatchObject({ word: '자동차가', queryWeight: 4, expansion: false })
    expect(third).toMatchObject({ word: 'car', queryWeight: 1.5, expansion: true, spans: [] })
  })

  it('names tokens alone where only the weights of a query are known, and says of none that it was added', () => {
    const alone = missedByWord(lacking('un', 'of'), QUERY, undefined)
    expect(alone.map(({ word }) => word)).toEqual(['동차', '자동', 'ulness', 'hel', 'car', 'pf'])
    expect(alone[0]).toEqual({
      word: '동차',
      partial: false,
      queryWeight: 4,
      tokens: [{ token: '동차', readable: '동차', feature: '동차', queryWeight: 4 }],
      spans: [],
    })
  })

  it('is empty for a document that has all', () => {
    expect(words(...QUERY.keys())).toEqual([])
  })
})
