import { describe, expect, it } from '@jest/globals'
import type { JsonObject } from '../../../src/engine/json.js'
import { fieldValue, hasField, withField, withoutField } from '../../../src/engine/field-path.js'

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

  it('leaves no object behind that held nothing else, but one that was empty before', () => {
    expect(withoutField({ a: { b: { c: 1 } }, d: 2 }, 'a.b.c')).toEqual({ d: 2 })
    expect(withoutField({ a: {}, d: 2 }, 'a.b')).toEqual({ a: {}, d: 2 })
  })

  it('changes nothing where there is no such field', () => {
    expect(withoutField(SOURCE, 'none')).toBe(SOURCE)
    expect(withoutField(SOURCE, 'title.none')).toEqual(SOURCE)
  })
})

describe('withField', () => {
  it.each<[string, object, string, object]>([
    ['a member', { a: 1 }, 'b', { a: 1, b: 9 }],
    ['a member in place of another value', { a: 1 }, 'a', { a: 9 }],
    ['a field below an object', { a: { b: 1 } }, 'a.c', { a: { b: 1, c: 9 } }],
    ['a field below objects that are not there', { z: 1 }, 'a.b.c', { z: 1, a: { b: { c: 9 } } }],
    ['a member that has the very name', { 'a.b': 1, a: { c: 2 } }, 'a.b', { 'a.b': 9, a: { c: 2 } }],
    ['a member beside a text', { a: 'text' }, 'a.b', { a: 'text', 'a.b': 9 }],
    ['a field below null, which is no value', { a: null }, 'a.b', { a: { b: 9 } }],
  ])('sets %s', (_, source, name, expected) => {
    const changed = withField(source as JsonObject, name, 9)
    expect(changed).toEqual(expected)
    expect(fieldValue(changed, name)).toBe(9)
  })
})
