import { describe, expect, it } from '@jest/globals'
import { AddedTokenFinder, readAddedTokens } from '../../../src/tokenizer/added-tokens.js'
import { cursor } from './layouts.js'

function finder(...tokens: object[]): AddedTokenFinder {
  const layouts = tokens.map((token, id) => ({ id, ...token }))
  return new AddedTokenFinder(readAddedTokens(cursor(layouts)), ({ content }) => content)
}

function sections(found: AddedTokenFinder, text: string): string[] {
  return found
    .split(text)
    .map(({ start, end, id }) => `${text.slice(start, end)}${id === undefined ? '' : `#${id}`}`)
}

describe('readAddedTokens', () => {
  it('takes the defaults of tokenizers', () => {
    expect(readAddedTokens(cursor([{ id: 7, content: '[X]', special: true }]))).toEqual([
      {
        id: 7,
        content: '[X]',
        special: true,
        normalized: false,
        singleWord: false,
        stripLeft: false,
        stripRight: false,
      },
    ])
  })

  it('leaves out tokens without content and names broken ones', () => {
    expect(readAddedTokens(cursor([{ id: 7, content: '' }]))).toEqual([])
    expect(() => readAddedTokens(cursor([{ id: -1, content: 'x' }]))).toThrow(
      /id must be a whole number from 0/,
    )
  })
})

describe('AddedTokenFinder', () => {
  it('takes the leftmost match, and of those the longest', () => {
    const found = finder({ content: 'ab' }, { content: 'abc' }, { content: 'bcd' })
    expect(sections(found, 'xabcdab')).toEqual(['x', 'abc#1', 'd', 'ab#0'])
  })

  it('swallows whitespace as told, and none twice', () => {
    const found = finder({ content: 'L', lstrip: true }, { content: 'R', rstrip: true })
    expect(sections(found, 'a \n L b')).toEqual(['a', ' \n L#0', ' b'])
    expect(sections(found, 'a R \u3000b')).toEqual(['a ', 'R \u3000#1', 'b'])
    expect(sections(found, 'R L')).toEqual(['R #1', 'L#0'])
  })

  it('finds single words only between characters of other kinds', () => {
    const found = finder({ content: 'cat', single_word: true })
    expect(sections(found, 'cat, cats cat_ 고cat -cat')).toEqual(['cat#0', ', cats cat_ 고cat -', 'cat#0'])
  })

  it('takes signs of regular expressions literally', () => {
    expect(sections(finder({ content: '[a-z]+$' }), 'ab[a-z]+$')).toEqual(['ab', '[a-z]+$#0'])
  })

  it('covers texts without tokens, and none', () => {
    expect(sections(finder(), 'abc')).toEqual(['abc'])
    expect(sections(finder({ content: 'x' }), '')).toEqual([])
  })

  it.each([
    [{ content: 'word' }, true],
    [{ content: '   ' }, true],
    [{ content: 'two words' }, false],
    [{ content: 'x', rstrip: true }, false],
    [{ content: ' x', single_word: true }, false],
    [{ content: 'x', lstrip: true }, true],
  ])('knows whether %j stays between spaces', (token, expected) => {
    expect(finder(token).isLocalToWords).toBe(expected)
  })
})
