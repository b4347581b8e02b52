import { describe, expect, it } from '@jest/globals'
import { byteTokenIds, readVocabulary } from '../../../src/tokenizer/subword-model.js'
import { cursor } from './layouts.js'

describe('readVocabulary', () => {
  it('reads tokens of every kind, property names included', () => {
    const text = '{"a":0,"__proto__":1,"10":2,"":3}'
    expect([...readVocabulary(cursor(JSON.parse(text)))].sort((a, b) => a[1] - b[1])).toEqual([
      ['a', 0],
      ['__proto__', 1],
      ['10', 2],
      ['', 3],
    ])
  })

  it('names a token whose id is none', () => {
    expect(() => readVocabulary(cursor({ a: 1.5 }))).toThrow(
      'tokenizer.json: a must be a whole number from 0, found 1.5',
    )
  })
})

describe('byteTokenIds', () => {
  const ids = new Map([
    ['<0x0A>', 1],
    ['<0xC3>', 2],
    ['<0xA9>', 3],
  ])

  it('spells text in upper-case bytes, or not at all', () => {
    expect(byteTokenIds('\né', ids)).toEqual([1, 2, 3])
    expect(byteTokenIds('éa', ids)).toBeUndefined()
  })
})
