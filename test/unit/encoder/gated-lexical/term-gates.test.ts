import { describe, expect, it } from '@jest/globals'
import { PieceGates } from '../../../../src/encoder/gated-lexical/term-gates.js'

/** Gates of one piece: the same for all six kinds but letters (2). */
const piece = (letters: number) => [0, 0, letters, 0, 0, 9]

describe('PieceGates', () => {
  const gates = new PieceGates([Float32Array.from([...piece(1), ...piece(3)]), Float32Array.from(piece(-4))])
  const letters = (firstPiece: number, endPiece: number) =>
    ({ kind: 'letters', firstPiece, endPiece }) as const

  it('takes the mean over the pieces of an occurrence, across windows too', () => {
    expect(gates.ofTerm([letters(0, 2)])).toBe(2)
    expect(gates.ofTerm([letters(1, 3)])).toBe(-0.5)
  })

  it('takes the mean over occurrences, whatever their length', () => {
    expect(gates.ofTerm([letters(0, 2), letters(2, 3)])).toBe(-1)
  })

  it('reads the gate of the kind', () => {
    expect(gates.ofTerm([{ kind: 'hangul-word', firstPiece: 0, endPiece: 1 }])).toBe(9)
  })

  it('leaves out occurrences without pieces, and is neutral where there is no other', () => {
    expect(gates.ofTerm([letters(0, 1), letters(3, 3)])).toBe(1)
    expect(gates.ofTerm([letters(3, 3)])).toBe(0)
    expect(new PieceGates([]).ofTerm([letters(0, 4)])).toBe(0)
  })
})
