import { describe, expect, it } from '@jest/globals'
import { EncodingError } from '../../../src/errors.js'
import { Vocabulary } from '../../../src/tokenizer/vocabulary.js'

describe('Vocabulary', () => {
  const vocabulary = new Vocabulary(
    new Map([
      ['a', 0],
      ['b', 2],
    ]),
    [{ id: 5, content: '[X]' }],
  )

  it('knows tokens and ids both ways, added ones included', () => {
    expect([vocabulary.idOf('a'), vocabulary.idOf('[X]'), vocabulary.idOf('c')]).toEqual([0, 5, undefined])
    expect([vocabulary.tokenOf(2), vocabulary.tokenOf(5)]).toEqual(['b', '[X]'])
    expect(vocabulary.size).toBe(6)
  })

  it.each([1, 6, -1])('names id %i, which no token has', (id) => {
    expect(vocabulary.has(id)).toBe(false)
    expect(() => vocabulary.tokenOf(id)).toThrow(
      new EncodingError(`token id ${id} must be below 6 and in use`),
    )
  })

  it('takes tokens named like properties of objects', () => {
    expect(new Vocabulary(new Map([['constructor', 0]]), []).idOf('constructor')).toBe(0)
    expect(new Vocabulary(new Map(), []).idOf('constructor')).toBeUndefined()
  })
})
