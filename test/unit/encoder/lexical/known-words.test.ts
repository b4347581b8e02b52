import { describe, expect, it } from '@jest/globals'
import { KnownWords } from '../../../../src/encoder/lexical/known-words.js'

function recording() {
  const analysed: string[] = []
  const known = new KnownWords((word) => {
    analysed.push(word)
    return word === 'the' ? '' : word.toUpperCase()
  })
  return { known, analysed }
}

describe('KnownWords', () => {
  it('gives the term of a word in the middle of a text', () => {
    expect(recording().known.termOf('the old bridge', 4, 7)).toBe('OLD')
  })

  it('analyses a word once, wherever it stands', () => {
    const { known, analysed } = recording()
    expect([known.termOf('bridge', 0, 6), known.termOf('a bridge', 2, 8)]).toEqual(['BRIDGE', 'BRIDGE'])
    expect(analysed).toEqual(['bridge'])
  })

  it('remembers that a word gives no term', () => {
    const { known, analysed } = recording()
    expect([known.termOf('the', 0, 3), known.termOf('the', 0, 3)]).toEqual(['', ''])
    expect(analysed).toEqual(['the'])
  })

  it('gives every word its own term, however many share a place', () => {
    const { known } = recording()
    const words = Array.from({ length: 50_000 }, (_, number) => `w${number.toString(36)}`)
    const wrong = [...words, ...words].filter(
      (word) => known.termOf(word, 0, word.length) !== word.toUpperCase(),
    )
    expect(wrong).toEqual([])
  })

  it('analyses a long word each time', () => {
    const { known, analysed } = recording()
    const word = 'x'.repeat(40)
    expect([known.termOf(word, 0, 40), known.termOf(word, 0, 40)]).toEqual(['X'.repeat(40), 'X'.repeat(40)])
    expect(analysed).toHaveLength(2)
  })
})
