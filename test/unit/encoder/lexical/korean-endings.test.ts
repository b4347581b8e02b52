import { describe, expect, it } from '@jest/globals'
import { ENDINGS, ENDINGS_AFTER_ONE_SYLLABLE } from '../../../../src/encoder/lexical/korean-endings.js'

describe('the Korean endings', () => {
  it('are composed syllables without spaces', () => {
    for (const ending of [...ENDINGS, ...ENDINGS_AFTER_ONE_SYLLABLE]) expect(ending).toMatch(/^[가-힣]+$/)
  })

  it('may follow one syllable only where they have two themselves', () => {
    for (const ending of ENDINGS_AFTER_ONE_SYLLABLE) expect(ending.length).toBeGreaterThan(1)
  })

  it('include those that may follow one syllable', () => {
    const all = new Set(ENDINGS)
    expect(ENDINGS_AFTER_ONE_SYLLABLE.filter((ending) => !all.has(ending))).toEqual([])
  })
})
