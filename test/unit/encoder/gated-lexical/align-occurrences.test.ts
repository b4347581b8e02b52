import { describe, expect, it } from '@jest/globals'
import { alignOccurrences } from '../../../../src/encoder/gated-lexical/align-occurrences.js'

const term = (text: string, start: number, end: number) => ({ term: text, start, end })

describe('alignOccurrences', () => {
  it('gives an occurrence every piece that it touches', () => {
    // 임진|왜란은 in two pieces; the term ends inside the second.
    const found = alignOccurrences([term('임진왜란', 0, 4)], Int32Array.of(0, 2, 2, 5))
    expect(found.get('임진왜란')).toEqual([{ kind: 'hangul-word', firstPiece: 0, endPiece: 2 }])
  })

  it('tells the parts of a word from words', () => {
    const found = alignOccurrences(
      [term('임진왜란', 0, 4), term('임진', 0, 2), term('왜란', 2, 4), term('왜란', 5, 7)],
      Int32Array.of(0, 4, 4, 7),
    )
    expect(found.get('임진')).toEqual([{ kind: 'hangul-part', firstPiece: 0, endPiece: 1 }])
    expect(found.get('왜란')).toEqual([
      { kind: 'hangul-part', firstPiece: 0, endPiece: 1 },
      { kind: 'hangul', firstPiece: 1, endPiece: 2 },
    ])
  })

  it('does not take a term of the same place for a part', () => {
    const found = alignOccurrences([term('가나', 0, 2), term('나가', 0, 2)], Int32Array.of(0, 2))
    expect([...found.values()].flat().map(({ kind }) => kind)).toEqual(['hangul', 'hangul'])
  })

  it('gives an occurrence between two pieces the one behind it', () => {
    const found = alignOccurrences([term('a', 3, 4)], Int32Array.of(0, 3, 5, 8))
    expect(found.get('a')).toEqual([{ kind: 'letters', firstPiece: 1, endPiece: 2 }])
  })

  it('gives an occurrence behind the last piece none', () => {
    const found = alignOccurrences([term('a', 9, 10)], Int32Array.of(0, 3))
    expect(found.get('a')).toEqual([{ kind: 'letters', firstPiece: 1, endPiece: 1 }])
    expect(alignOccurrences([term('a', 0, 1)], new Int32Array()).get('a')).toEqual([
      { kind: 'letters', firstPiece: 0, endPiece: 0 },
    ])
  })
})
