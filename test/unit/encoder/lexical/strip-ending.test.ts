import { describe, expect, it } from '@jest/globals'
import { ENDINGS, ENDINGS_AFTER_ONE_SYLLABLE } from '../../../../src/encoder/lexical/korean-endings.js'
import { endOfStem } from '../../../../src/encoder/lexical/strip-ending.js'

const stemOf = (word: string): string => word.slice(0, endOfStem(word, 0, word.length))

describe('endOfStem', () => {
  it.each([
    ['particle', '대통령은', '대통령'],
    ['stacked particles', '학교에서는', '학교'],
    ['plural with particle', '학생들에게', '학생'],
    ['copula', '수도이다', '수도'],
    ['copula in the past', '장군이었던', '장군'],
    ['question', '이유인가요', '이유'],
    ['past question', '화가였습니까', '화가'],
    ['하다', '시작하는', '시작'],
    ['하다 in the past', '건설하였다', '건설'],
    ['되다', '개최되었는가', '개최'],
    ['시키다', '발전시킨', '발전'],
    ['adverbial', '서울로부터', '서울'],
    ['one syllable before a long ending', '왕으로', '왕'],
  ])('strips the %s', (_, word, stem) => {
    expect(stemOf(word)).toBe(stem)
  })

  it.each(['나이', '제도', '회의', '결과', '가을', '한', '서울', '컴퓨터'])('leaves %s whole', (word) => {
    expect(stemOf(word)).toBe(word)
  })

  it('leaves every ending that stands alone a first syllable', () => {
    for (const ending of ENDINGS) expect(stemOf(ending)).not.toBe('')
  })

  it('strips every ending of its list from a noun', () => {
    for (const ending of ENDINGS) expect(stemOf(`컴퓨터${ending}`)).toBe('컴퓨터')
  })

  it('strips every ending that may follow one syllable', () => {
    for (const ending of ENDINGS_AFTER_ONE_SYLLABLE) expect(stemOf(`왕${ending}`)).toBe('왕')
  })

  it('looks at nothing outside the word', () => {
    expect(endOfStem('가나 서울은 는', 3, 6)).toBe(5)
  })
})
