import { describe, expect, it } from '@jest/globals'
import { sortTerms } from '../../../../src/encoder/lexical/sort-terms.js'

describe('sortTerms', () => {
  it.each([
    ['nothing', []],
    ['terms of one unit before those that begin with it', ['ab', 'a', 'b', 'aa']],
    ['terms that begin alike', ['progress', 'pro', 'protein', 'pr', 'program', 'proteins']],
    ['Korean, Latin and pictures', ['서울', '🍕', 'seoul', '나라', '서', 'ﬁ', '\u{2f800}']],
  ])('sorts %s as sort() does', (_, terms: string[]) => {
    expect(sortTerms(terms)).toEqual([...terms].sort())
  })

  it('sorts many terms, with few and with many of one prefix', () => {
    const terms = Array.from({ length: 5_000 }, (_, number) =>
      ((number * 2_654_435_761) % 2 ** 32).toString(36),
    )
    const alike = terms.map((term) => `aa${term}`)
    expect(sortTerms(terms)).toEqual([...terms].sort())
    expect(sortTerms([...terms, ...alike])).toEqual([...terms, ...alike].sort())
  })
})
