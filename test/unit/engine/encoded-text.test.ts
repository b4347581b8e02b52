import { describe, expect, it } from '@jest/globals'
import { encodedText, textParts } from '../../../src/engine/encoded-text.js'
import { templateRule } from '../../../src/engine/text-rule.js'

describe('encodedText', () => {
  it.each([
    ['the order of the fields', { text: 'b', title: 'a' }, 'a b'],
    ['lists', { title: ['x', 'y'], text: 'z' }, 'x y z'],
    ['empty, null and absent fields', { title: '', text: 'only' }, 'only'],
    ['nothing', { other: 'x' }, ''],
    ['values that are no text', { title: 7, text: null }, ''],
  ])('joins with a space, minding %s', (_what, source, expected) => {
    expect(encodedText(source, { textFields: ['title', 'text'] })).toBe(expected)
  })

  it('has the parts of different weights in a row', () => {
    expect(encodedText({ a: '1', b: '2', c: '3' }, { textFields: ['a^2', 'b', 'c^2'] })).toBe('1 2 3')
  })
})

describe('textParts', () => {
  it('joins neighbouring fields of one weight', () => {
    const source = { a: '1', b: '', c: '3', d: '4', e: { f: ['5', '6'] } }
    expect(textParts(source, { textFields: ['a^2', 'b', 'c^2.0', 'd', 'e.f'] })).toEqual([
      { text: '1 3', weight: 2 },
      { text: '4 5 6', weight: 1 },
    ])
  })

  it('fills a template, numbers and all, leaving absent fields empty', () => {
    const rule = templateRule('{{title}} ({{ meta.year }})\n{{tags}}{{none}}')
    const source = { title: 'a $& b', meta: { year: 1999 }, tags: ['x', 'y'] }
    expect(textParts(source, rule)).toEqual([{ text: 'a $& b (1999)\nx y', weight: 1 }])
  })

  it('makes no text of white space', () => {
    expect(textParts({ a: ' ', b: ['\n', ''] }, { textFields: ['a^2', 'b'] })).toEqual([])
    expect(textParts({ title: ' ' }, templateRule('{{title}}: {{text}}'))).toEqual([])
  })

  it('makes no text of a template without a value', () => {
    expect(textParts({ title: '', year: null }, templateRule('{{title}} of {{year}}'))).toEqual([])
  })
})
