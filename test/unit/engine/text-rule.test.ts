import { describe, expect, it } from '@jest/globals'
import { parseTextField, showTextRule, templateRule } from '../../../src/engine/text-rule.js'

describe('parseTextField', () => {
  it.each([
    ['title', 'title', 1],
    ['meta.title^2', 'meta.title', 2],
    ['a^b^0.5', 'a^b', 0.5],
    [' title ^3', 'title', 3],
  ])('reads %j', (notation, name, weight) => {
    expect(parseTextField(notation)).toEqual({ name, weight })
  })

  it.each(['', '^2', 'title^', 'title^0', 'title^-1', 'title^two', 'title^Infinity', 'title^ '])(
    'refuses %j',
    (notation) => {
      expect(() => parseTextField(notation)).toThrow(
        'text fields must be field names, each with a weight > 0',
      )
    },
  )
})

describe('templateRule', () => {
  it('names each field once', () => {
    expect(templateRule('{{a}} {{ b.c }} {{a}}')).toEqual({
      textFields: ['a', 'b.c'],
      template: '{{a}} {{ b.c }} {{a}}',
    })
  })

  it.each(['', 'no field', '{{}}', '{{ }}', '{a}'])('refuses %j', (template) => {
    expect(() => templateRule(template)).toThrow('template must name fields in braces')
  })
})

describe('showTextRule', () => {
  it('shows a rule as people write it', () => {
    expect(showTextRule({ textFields: ['title^2', 'text'] })).toBe('title^2, text')
    expect(showTextRule(templateRule('{{a}}!'))).toBe('{{a}}!')
  })
})
