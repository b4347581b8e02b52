import { describe, expect, it } from '@jest/globals'
import { encodedText } from '../../../src/engine/encoded-text.js'

describe('encodedText', () => {
  it.each([
    ['the order of the fields', { text: 'b', title: 'a' }, 'a b'],
    ['lists', { title: ['x', 'y'], text: 'z' }, 'x y z'],
    ['empty, null and absent fields', { title: '', text: 'only' }, 'only'],
    ['nothing', { other: 'x' }, ''],
    ['values that are no text', { title: 7, text: null }, ''],
  ])('joins with a space, minding %s', (_what, source, expected) => {
    expect(encodedText(source, ['title', 'text'])).toBe(expected)
  })
})
