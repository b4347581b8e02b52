import { describe, expect, it } from '@jest/globals'
import { encodingToJson, vectorToJson } from '../../../src/cli/json.js'

describe('vectorToJson', () => {
  it('keeps the order of tokens that look like numbers', () => {
    const vector = new Map([
      ['year', 2],
      ['2024', 1.5],
      ['7', 1],
    ])
    expect(vectorToJson(vector)).toBe('{"year":2,"2024":1.5,"7":1}')
  })

  it('writes __proto__ like any other token', () => {
    const text = vectorToJson(new Map([['__proto__', 1]]))
    expect(text).toBe('{"__proto__":1}')
    expect(Object.entries(JSON.parse(text) as object)).toEqual([['__proto__', 1]])
  })

  it('escapes quotes, line ends and lone surrogates', () => {
    const tokens = ['"', '\\', '\n', '\ud800', '김']
    const parsed = JSON.parse(vectorToJson(tokens.map((token) => [token, 1] as const))) as object
    expect(Object.keys(parsed)).toEqual(tokens)
  })

  it('writes 32-bit weights without loss', () => {
    const weight = Math.fround(0.1)
    expect(Object.values(JSON.parse(vectorToJson([['a', weight]])) as object)).toEqual([weight])
  })
})

describe('encodingToJson', () => {
  const vector = new Map([
    ['a', 3],
    ['b', 2],
    ['c', 1],
  ])
  const encoding = { vector, tokenCount: 3, truncated: false, chunkCount: 1, fragmentation: 0 }

  it('counts all tokens and writes the heaviest', () => {
    expect(encodingToJson('x "y"', encoding, 2)).toBe(
      '{"text":"x \\"y\\"","activeTokens":3,"tokens":{"a":3,"b":2}}',
    )
  })

  it('writes an empty vector as an empty object', () => {
    expect(encodingToJson('', { ...encoding, vector: new Map() }, Infinity)).toBe(
      '{"text":"","activeTokens":0,"tokens":{}}',
    )
  })

  it('writes chunks with their places where there are any', () => {
    const chunks = [{ span: [0, 4], vector: new Map([['a', 3]]) }] as const
    expect(encodingToJson('text', { ...encoding, chunks }, 1)).toBe(
      '{"text":"text","activeTokens":3,"tokens":{"a":3},"chunks":[{"start":0,"end":4,"tokens":{"a":3}}]}',
    )
  })
})
