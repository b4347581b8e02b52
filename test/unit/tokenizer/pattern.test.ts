import { describe, expect, it } from '@jest/globals'
import { characterMatcher, readPattern, type Match } from '../../../src/tokenizer/pattern.js'
import { cursor } from './layouts.js'

const matched = (text: string, matches: readonly Match[]): string[] =>
  matches.filter(({ isMatch }) => isMatch).map(({ start, end }) => text.slice(start, end))

function covers(text: string, matches: readonly Match[]): boolean {
  return matches.map(({ start, end }) => text.slice(start, end)).join('') === text
}

describe('readPattern', () => {
  it.each([
    [{ String: '.' }, 'a.b..', ['.', '.', '.']],
    [{ Regex: ' {2,}' }, 'a  b   c d', ['  ', '   ']],
    [{ Regex: "(?i:'s|'t)" }, "it'S don't", ["'S", "'t"]],
    [{ Regex: '\\s+$' }, 'a \u00a0', [' \u00a0']],
  ])('finds %j in %j', (pattern, text, expected) => {
    const matches = readPattern(cursor(pattern))(text)
    expect(matched(text, matches)).toEqual(expected)
    expect(covers(text, matches)).toBe(true)
  })

  it('names a pattern that cannot be translated', () => {
    expect(() => readPattern(cursor({ Regex: '(' }))).toThrow(
      'tokenizer.json must be a regular expression that can be translated to JavaScript, found an object with Regex',
    )
    expect(() => readPattern(cursor({ Glob: '*' }))).toThrow(
      'tokenizer.json: Regex must be a string, found nothing',
    )
  })

  it('says so when a text is too long for a pattern', () => {
    const letters = readPattern(cursor({ Regex: '\\p{L}+' }))
    expect(() => letters('가'.repeat(20_000_000))).toThrow(/a text of 20000000 UTF-16 units is too long/)
  })
})

describe('characterMatcher', () => {
  it('matches each character of the class by itself', () => {
    const text = 'a😀😀b'
    const matches = characterMatcher((codePoint) => codePoint > 0xffff)(text)
    expect(matched(text, matches)).toEqual(['😀', '😀'])
    expect(covers(text, matches)).toBe(true)
  })
})
