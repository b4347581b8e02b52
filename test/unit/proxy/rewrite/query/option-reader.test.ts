import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { OptionReader } from '../../../../../src/proxy/rewrite/query/option-reader.js'

const readerOf = (options: object) =>
  new OptionReader(parseJsonSource(JSON.stringify(options)).root, 'splade')

describe('options of a sparse query', () => {
  it.each([
    [2, 2],
    ['2', 2],
    ['1.5e-1', 0.15],
    ['.5', 0.5],
  ])('take %j for the number %d, as engines do', (boost, number) => {
    expect(readerOf({ boost }).positive('boost')).toBe(number)
    expect(readerOf({ tokens: { car: boost } }).weights('tokens')).toEqual(new Map([['car', number]]))
  })

  it.each(['', ' ', 'two', '0x10', '1e', 'NaN', 'Infinity', true, null, [1]])(
    'take %j for no number',
    (boost) => {
      expect(() => readerOf({ boost }).number('boost')).toThrow('[splade] query: [boost] must be a number')
      expect(() => readerOf({ tokens: { car: boost } }).weights('tokens')).toThrow('a finite weight > 0')
    },
  )

  it.each([0, '-1', '1e400', '1e-60'])('take %j for no boost', (boost) => {
    expect(() => readerOf({ boost }).positive('boost')).toThrow('must be a finite number > 0')
  })

  it('name the first that nobody asked for', () => {
    const reader = readerOf({ boost: 1, fuzzy: 2 })
    reader.number('boost')
    expect(() => {
      reader.end()
    }).toThrow('[splade] query: [fuzzy] is not supported by splade-bridge')
  })
})
