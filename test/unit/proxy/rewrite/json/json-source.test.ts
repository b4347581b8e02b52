import { describe, expect, it } from '@jest/globals'
import { JsonSyntaxError, parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { memberOf, valueOf } from '../../../../../src/proxy/rewrite/json/read-node.js'

describe('JSON with places', () => {
  it('knows where every value stands', () => {
    const text = ' { "a" : [1.50, {"b":"\\u00e9"}], "n": 12345678901234567890 } '
    const { root } = parseJsonSource(text)
    const slice = (...path: readonly string[]) => {
      const node = memberOf(root, ...path)
      return node && text.slice(node.start, node.end)
    }
    expect(slice()).toBe(text.trim())
    expect(slice('a')).toBe('[1.50, {"b":"\\u00e9"}]')
    expect(slice('n')).toBe('12345678901234567890')
    expect(slice('missing', 'too')).toBeUndefined()
  })

  it.each(['{"a":[1,true,null,"x",{}],"b":-1.5e3}', '[]', '"text"', '0', '{"":{"":[[[]]]}}'])(
    'reads %s as JSON.parse does',
    (text) => {
      expect(valueOf(parseJsonSource(text).root)).toEqual(JSON.parse(text))
    },
  )

  it('takes comments, as engines do', () => {
    expect(valueOf(parseJsonSource('/* a */ {"b": 1 // c\n}').root)).toEqual({ b: 1 })
  })

  it('names the first key that comes twice, however it is spelt', () => {
    expect(parseJsonSource('{"a":{"b":1,"\\u0062":2},"c":1,"c":1}').duplicate).toBe('b')
    expect(parseJsonSource('{"a":{"b":1},"b":{"b":2}}').duplicate).toBeUndefined()
  })

  it('keeps a member named __proto__ to itself', () => {
    const value = valueOf(parseJsonSource('{"__proto__":{"polluted":true}}').root)
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each([
    '',
    '{',
    '{"a":1,}',
    '[1 2]',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '01',
    '1 2',
    '"\t"',
    '"\\x"',
    'nul',
    '\ufeff{}',
    '[1]]',
  ])('refuses %j', (text) => {
    expect(() => parseJsonSource(text)).toThrow(JsonSyntaxError)
  })

  it('refuses what is nested too deeply, long before the stack ends', () => {
    expect(() => parseJsonSource('['.repeat(1_000_000))).toThrow('nested deeper than 1000 levels')
    expect(() => parseJsonSource(`${'['.repeat(1000)}${']'.repeat(1000)}`)).not.toThrow()
  })
})
