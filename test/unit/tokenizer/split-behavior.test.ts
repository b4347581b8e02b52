import { describe, expect, it } from '@jest/globals'
import { characterMatcher } from '../../../src/tokenizer/pattern.js'
import { readSplitBehavior, splitAt } from '../../../src/tokenizer/split-behavior.js'
import { cursor, original } from './layouts.js'

const isDash = characterMatcher((codePoint) => codePoint === 0x2d)

describe('splitAt', () => {
  it.each([
    ['Removed', 'the-final--countdown', ['the', 'final', 'countdown']],
    ['Isolated', 'the-final--countdown', ['the', '-', 'final', '-', '-', 'countdown']],
    ['Contiguous', 'the-final--countdown', ['the', '-', 'final', '--', 'countdown']],
    ['MergedWithPrevious', 'the-final--countdown', ['the-', 'final-', '-', 'countdown']],
    ['MergedWithNext', 'the-final--countdown', ['the', '-final', '-', '-countdown']],
    ['MergedWithNext', '-a--', ['-a', '-', '-']],
    ['MergedWithPrevious', '--a-', ['-', '-', 'a-']],
    ['Removed', '--', []],
  ] as const)('treats matches as %s in %j', (behavior, text, expected) => {
    expect(splitAt(original(text), isDash, behavior).map((part) => part.text)).toEqual(expected)
  })
})

describe('readSplitBehavior', () => {
  it('names the behaviours there are', () => {
    expect(readSplitBehavior(cursor('Isolated'))).toBe('Isolated')
    expect(readSplitBehavior(cursor(undefined), 'Removed')).toBe('Removed')
    expect(() => readSplitBehavior(cursor('Dropped'))).toThrow(
      'tokenizer.json must be one of Removed, Isolated, Contiguous, MergedWithPrevious, MergedWithNext, found "Dropped"',
    )
  })
})
