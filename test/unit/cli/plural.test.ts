import { expect, it } from '@jest/globals'
import { countOf } from '../../../src/cli/plural.js'

it.each([
  [0, '0 hits'],
  [1, '1 hit'],
  [2, '2 hits'],
])('names a count of %d', (count, text) => {
  expect(countOf(count, 'hit')).toBe(text)
})

it('takes a plural of its own', () => {
  expect(countOf(3, 'more token', 'more tokens')).toBe('3 more tokens')
})
