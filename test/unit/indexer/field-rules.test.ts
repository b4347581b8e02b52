import { describe, expect, it } from '@jest/globals'
import { FieldRules, type FieldOptions } from '../../../src/indexer/field-rules.js'

const ORIGIN = { file: 'in.jsonl', line: 3 }
const apply = (record: Readonly<Record<string, unknown>>, options: FieldOptions): unknown => {
  const rules = new FieldRules(options)
  return rules.select(rules.rename(record, ORIGIN))
}

describe('FieldRules', () => {
  it.each<[object, FieldOptions, object]>([
    [{ a: 1, b: 2 }, {}, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { rename: { a: 'c' } }, { b: 2, c: 1 }],
    [{ m: { t: 'x', u: 1 } }, { rename: { 'm.t': 'title' } }, { m: { u: 1 }, title: 'x' }],
    [{ a: null }, { rename: { a: 'b' } }, { b: null }],
    [{ a: 1, b: 2, c: 3 }, { keep: ['c', 'a', 'none'] }, { c: 3, a: 1 }],
    [{ m: { t: 'x', u: 1 } }, { keep: ['m.t'] }, { 'm.t': 'x' }],
    [{ a: 1, m: { t: 'x', u: 1 } }, { drop: ['a', 'm.t', 'none'] }, { m: { u: 1 } }],
    [{ a: 1, b: 2 }, { rename: { a: 'c' }, keep: ['c', 'b'], drop: ['b'] }, { c: 1 }],
  ])('makes of %j with %j %j', (record, options, expected) => {
    expect(apply(record as Record<string, unknown>, options)).toEqual(expected)
  })

  it('refuses to rename to a name that is taken', () => {
    expect(() => apply({ a: 1, b: 2 }, { rename: { a: 'b' } })).toThrow(
      'in.jsonl:3: has a field "b" already, which "a" is to be renamed to',
    )
  })

  it('remembers the names that it never met', () => {
    const rules = new FieldRules({ rename: { a: 'b' }, keep: ['b', 'typo'], drop: ['late'] })
    const process = (record: Readonly<Record<string, unknown>>) => rules.select(rules.rename(record, ORIGIN))
    process({ a: 1 })
    expect(rules.neverMet()).toEqual(['typo', 'late'])
    process({ late: null, typo: 1 })
    expect(rules.neverMet()).toEqual(['late'])
  })
})
