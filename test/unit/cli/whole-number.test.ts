import { describe, expect, it } from '@jest/globals'
import { positiveNumber, wholeNumber } from '../../../src/cli/whole-number.js'

describe('whole numbers of options', () => {
  it.each(['-1', '1.5', '', 'two', '1e3'])('refuse %j', (text) => {
    expect(() => wholeNumber(text)).toThrow('It must be a whole number.')
    expect(() => positiveNumber(text)).toThrow('It must be a whole number.')
  })

  it('may be 0 only where that means something', () => {
    expect(wholeNumber('0')).toBe(0)
    expect(positiveNumber('64')).toBe(64)
    expect(() => positiveNumber('0')).toThrow('It must be a whole number greater than 0.')
  })
})
