import { describe, expect, it } from '@jest/globals'
import { analyse } from '../../../../src/encoder/lexical/analysis.js'
import { WORD_AND_BIGRAM_RULES } from '../../../../src/encoder/lexical/word-and-bigrams.js'

const termsOf = (text: string): readonly string[] =>
  analyse(text, WORD_AND_BIGRAM_RULES).map(({ term }) => term)

describe('WORD_AND_BIGRAM_RULES', () => {
  it('gives the stem of a long Hangul word before its bigrams', () => {
    expect(analyse('임진왜란이', WORD_AND_BIGRAM_RULES)).toEqual([
      { term: '임진왜란', start: 0, end: 4 },
      { term: '임진', start: 0, end: 2 },
      { term: '진왜', start: 1, end: 3 },
      { term: '왜란', start: 2, end: 4 },
    ])
  })

  it('gives a stem of two syllables once', () => {
    expect(termsOf('한국에서')).toEqual(['한국'])
  })

  it('gives only bigrams of a word of more than twelve syllables', () => {
    expect(termsOf('가나다라마바사아자차카타파').every((term) => term.length === 2)).toBe(true)
    expect(termsOf('가나다라마바사아자차카타')[0]).toBe('가나다라마바사아자차카타')
  })

  it('leaves other scripts as the plain rules have them', () => {
    const text = 'Studies of 漢字文 in 1592 🍕'
    expect(termsOf(text)).toEqual(analyse(text).map(({ term }) => term))
  })

  it('drops question words', () => {
    expect(termsOf('언제인가요?')).toEqual([])
  })
})
