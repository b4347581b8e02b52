import { describe, expect, it } from '@jest/globals'
import { type JsonObjectNode, parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { memberOf } from '../../../../../src/proxy/rewrite/json/read-node.js'
import { SourceEdits } from '../../../../../src/proxy/rewrite/json/source-edits.js'

function open(text: string) {
  const { root } = parseJsonSource(text)
  return { root: root as JsonObjectNode, edits: new SourceEdits(text) }
}

describe('edits of a JSON text', () => {
  it('change one value and nothing around it', () => {
    const { root, edits } = open('{ "a" : 1.0 ,\n "b" : [ 2 ] }')
    edits.replace(memberOf(root, 'b')!, '3')
    expect(edits.render()).toBe('{ "a" : 1.0 ,\n "b" : 3 }')
  })

  it('take no notice of what is inside a replaced value', () => {
    const { root, edits } = open('{"a":{"b":1},"c":2}')
    edits.replace(memberOf(root, 'a', 'b')!, '9')
    edits.replace(memberOf(root, 'a')!, `[${edits.render(memberOf(root, 'a'))}]`)
    expect(edits.render()).toBe('{"a":[{"b":9}],"c":2}')
  })

  it.each([
    ['{}', '{"x":1,"y":2}'],
    ['{ "a":1 }', '{ "a":1 ,"x":1,"y":2}'],
  ])('append members to %s', (text, expected) => {
    const { root, edits } = open(text)
    edits.append(root, '"x":1')
    edits.append(root, '"y":2')
    expect(edits.render()).toBe(expected)
  })

  it.each([
    ['a', '{"b":2, "c":3}'],
    ['b', '{"a":1, "c":3}'],
    ['c', '{"a":1, "b":2}'],
    ['d', '{"a":1, "b":2, "c":3}'],
  ])('take out member %s with one comma', (name, expected) => {
    const { root, edits } = open('{"a":1, "b":2, "c":3}')
    edits.removeMember(root, name)
    expect(edits.render()).toBe(expected)
  })

  it('take out the only member', () => {
    const { root, edits } = open('{ "a" : 1 }')
    edits.removeMember(root, 'a')
    expect(JSON.parse(edits.render())).toEqual({})
  })
})
