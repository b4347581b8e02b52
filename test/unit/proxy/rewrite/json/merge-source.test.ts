import { describe, expect, it } from '@jest/globals'
import { type JsonObjectNode, parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { mergeSource, withoutMembers } from '../../../../../src/proxy/rewrite/json/merge-source.js'

const merge = (document: string, patch: string) => {
  const parsed = parseJsonSource(patch)
  return mergeSource(parseJsonSource(document), parsed, parsed.root as JsonObjectNode)
}

describe('a partial document over a whole one', () => {
  it('merges objects and replaces all else', () => {
    expect(merge('{"a":{"x":1,"y":2},"l":[1,2],"n":1.0}', '{"a":{"y":3,"z":4},"l":[9],"m":null}')).toBe(
      '{"a":{"x":1,"y":3,"z":4},"l":[9],"n":1.0,"m":null}',
    )
  })

  it('replaces an object by another kind of value, and the other way round', () => {
    expect(merge('{"a":{"x":1},"b":2}', '{"a":1,"b":{"y":2}}')).toBe('{"a":1,"b":{"y":2}}')
  })

  it('loses members that are not wanted', () => {
    const source = parseJsonSource('{ "a" : 1.0, "b" : {"c":2}, "d":3 }')
    expect(withoutMembers(source, source.root as JsonObjectNode, new Set(['a', 'd']))).toBe('{"b" : {"c":2}}')
  })
})
