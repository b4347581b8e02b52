import { describe, expect, it } from '@jest/globals'
import { withField } from '../../../../../src/engine/field-path.js'
import type { JsonObject } from '../../../../../src/engine/json.js'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { SourceEdits } from '../../../../../src/proxy/rewrite/json/source-edits.js'
import { setFields } from '../../../../../src/proxy/rewrite/writing/set-fields.js'

function rendered(text: string, fields: Readonly<Record<string, unknown>>): string {
  const { root } = parseJsonSource(text)
  const edits = new SourceEdits(text)
  if (root.kind !== 'object') throw new Error('no object')
  setFields(
    edits,
    root,
    new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)])),
  )
  return edits.render()
}

describe('setFields', () => {
  it.each<[string, string, object]>([
    ['a member', '{ "a" : 1.50 }', { b: { x: 1 } }],
    ['fields below one object that is not there', '{"z":0}', { 'a.b': 1, 'a.c.d': 2, e: 3 }],
    ['fields below an object that is there', '{"a": {"k":1, "b":7},"z":0}', { 'a.b': 1, 'a.c': 2 }],
    ['a member that has the very name', '{"a.b":7,"a":{"c":1}}', { 'a.b': 1 }],
    ['a member beside a text', '{"a":"text"}', { 'a.b': 1 }],
    ['fields of an empty object', '{}', { 'a.b': 1 }],
  ])('sets %s as withField does', (_, text, fields) => {
    const source = JSON.parse(text) as JsonObject
    const expected = Object.entries(fields as JsonObject).reduce(
      (changed, [name, value]) => withField(changed, name, value),
      source,
    )
    expect(JSON.parse(rendered(text, fields as JsonObject))).toEqual(expected)
  })

  it('leaves every other byte as it came', () => {
    expect(
      rendered('{ "a" : {"n":1.50e2 , "b":0}, "big":12345678901234567890 }', { 'a.b': 1, 'v.t': {} }),
    ).toBe('{ "a" : {"n":1.50e2 , "b":1}, "big":12345678901234567890 ,"v":{"t":{}}}')
  })
})
