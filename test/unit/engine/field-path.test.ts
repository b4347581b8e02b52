import { describe, expect, it } from '@jest/globals'
import { fieldValue, hasField, withoutField } from '../../../src/engine/field-path.js'

const SOURCE = {
  title: 'a',
  'meta.title': 'literal',
  meta: { title: 'nested', year: null },
  'a.b': { c: 1 },
  authors: [{ name: 'x', role: 1 }, { name: 'y' }, 'z'],
}

describe('fieldValue', () => {
  it.each([
    ['title', 'a'],
    ['meta.title', 'literal'],
    ['meta.year', null],
    ['a.b.c', 1],
    ['authors.name', ['x', 'y']],
    ['authors.role', [1]],
    ['authors.none', undefined],
    ['title.none', undefined],
    ['none', undefined],
    ['toString', undefined],
    ['meta.toString', undefined],
    ['.title', undefined],
  ])('finds %s', (name, expected) => {
    expect(fieldValue(SOURCE, name)).toEqual(expected)
    expect(hasField(SOURCE, name)).toBe(expected !== undefined)
  })
})

describe('withoutField', () => {
  it('leaves out a member, a nested one, and one of every object of a list', () => {
    expect(withoutField(SOURCE, 'meta.title')).toEqual({ ...SOURCE, 'meta.title': undefined })
    expect(withoutField({ meta: { a: 1, b: 2 } }, 'meta.a')).toEqual({ meta: { b: 2 } })
    expect(withoutField({ list: [{ a: 1, b: 2 }, { a: 3 }, 4] }, 'list.a')).toEqual({
      list: [{ b: 2 }, {}, 4],
    })
  })

  it('changes nothing where there is no such field', () => {
    expect(withoutField(SOURCE, 'none')).toBe(SOURCE)
    expect(withoutField(SOURCE, 'title.none')).toEqual(SOURCE)
  })
})
