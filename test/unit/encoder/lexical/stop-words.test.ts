import { describe, expect, it } from '@jest/globals'
import { ENGLISH_STOP_WORDS, KOREAN_STOP_WORDS } from '../../../../src/encoder/lexical/stop-words.js'
import { endOfStem } from '../../../../src/encoder/lexical/strip-ending.js'

describe('stop words', () => {
  it('are in the form that the analysis compares: lower-case letters in English', () => {
    for (const word of ENGLISH_STOP_WORDS) expect(word).toMatch(/^[a-z]+$/)
  })

  it('have no Korean word that its own stem would miss', () => {
    for (const word of KOREAN_STOP_WORDS) {
      expect(KOREAN_STOP_WORDS).toContain(word.slice(0, endOfStem(word, 0, word.length)))
    }
  })
})
