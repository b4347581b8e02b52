import { describe, expect, it } from '@jest/globals'
import { stemEnglishWord } from '../../../../src/encoder/lexical/stem-english-word.js'

describe('stemEnglishWord', () => {
  it.each([
    ['studies', 'studi'],
    ['studying', 'studi'],
    ['caresses', 'caress'],
    ['relational', 'relat'],
    ['cell', 'cell'],
    ['microstructural', 'microstructur'],
  ])('gives the Porter stem of %s', (word, stem) => {
    expect(stemEnglishWord(word)).toBe(stem)
    expect(stemEnglishWord(word)).toBe(stem)
  })

  it('passes words of other alphabets', () => {
    expect(stemEnglishWord('москва')).toBe('москва')
  })

  it('still knows its rules after more words than it keeps', () => {
    for (let number = 0; number < 25_000; number++) stemEnglishWord(`w${number.toString(36)}`)
    expect(stemEnglishWord('studies')).toBe('studi')
  })
})
