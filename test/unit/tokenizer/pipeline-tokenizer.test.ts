import { describe, expect, it } from '@jest/globals'
import { ConfigurationError } from '../../../src/errors.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { bertLayout } from './layouts.js'

const tokenizer = loadTokenizer({
  tokenizer: bertLayout(
    ['hello', 'world', '##s', 'a', '##b', '##c', '!'],
    [
      { id: 20, content: '<new>', normalized: false },
      { id: 21, content: 'Greeting', normalized: true },
    ],
  ),
})

describe('tokenize', () => {
  it('gives ids, spans and words with the special tokens around', () => {
    const tokenized = tokenizer.tokenize('Hello  WORLDS!')
    expect([...tokenized.ids]).toEqual([2, 4, 5, 6, 10, 3])
    expect([...tokenized.spans]).toEqual([0, 0, 0, 5, 7, 12, 12, 13, 13, 14, 0, 0])
    expect([...tokenized.words]).toEqual([-1, 0, 1, 1, 2, -1])
    expect(tokenized.tokenCount).toBe(6)
    expect(tokenized.truncated).toBe(false)
  })

  it('finds added tokens in the original and in the normalized text', () => {
    const tokenized = tokenizer.tokenize('hello<new>GREETING <NEW>')
    expect([...tokenized.ids].slice(1, 4)).toEqual([4, 20, 21])
    expect([...tokenized.spans].slice(2, 8)).toEqual([0, 5, 5, 10, 10, 18])
    expect(tokenized.ids).not.toContain(22)
  })

  it('drops the end of long texts but not the closing special tokens', () => {
    const tokenized = tokenizer.tokenize('hello worlds', { maxTokens: 4 })
    expect([...tokenized.ids]).toEqual([2, 4, 5, 3])
    expect([...tokenized.spans]).toEqual([0, 0, 0, 5, 6, 11, 0, 0])
    expect([tokenized.tokenCount, tokenized.truncated]).toEqual([5, true])
  })

  it('says that nothing was dropped when the text just fits', () => {
    expect(tokenizer.tokenize('hello', { maxTokens: 3 }).truncated).toBe(false)
    expect([...tokenizer.tokenize('hello', { maxTokens: 2 }).ids]).toEqual([2, 3])
  })

  it.each([1, 0, -5, 2.5, Number.NaN])('refuses maxTokens %p', (maxTokens) => {
    expect(() => tokenizer.tokenize('x', { maxTokens })).toThrow(
      new ConfigurationError('maxTokens', 'must be a whole number from 2', maxTokens),
    )
  })

  it.each([
    ['', [2, 3]],
    ['   \n', [2, 3]],
    ['\0\u0007', [2, 3]],
    ['\ud800', [2, 3]],
    ['\udc00hello\ud800', [2, 4, 3]],
    ['z'.repeat(1_000_000), [2, 1, 3]],
  ])('takes odd text', (text, ids) => {
    expect([...tokenizer.tokenize(text).ids]).toEqual(ids)
  })

  it('keeps offsets beside lone surrogates', () => {
    expect([...tokenizer.tokenize('\ud800 hello').spans].slice(2, 4)).toEqual([2, 7])
  })
})

describe('PipelineTokenizer', () => {
  it('tells its vocabulary', () => {
    expect(tokenizer.vocabularySize).toBe(22)
    expect([tokenizer.idOf('##s'), tokenizer.idOf('none')]).toEqual([6, undefined])
    expect(tokenizer.tokenOf(6)).toBe('##s')
    expect([...tokenizer.specialIds]).toEqual([0, 2, 3])
    expect([tokenizer.unknownId, tokenizer.padId]).toEqual([1, 0])
  })

  it('reads tokens without their marks, special and added ones raw', () => {
    expect([6, 2, 20].map((id) => tokenizer.surfaceOf(id))).toEqual(['s', '[CLS]', '<new>'])
    expect(() => tokenizer.surfaceOf(15)).toThrow('token id 15 must be below 22 and in use')
  })

  it('measures how much of a text falls apart', () => {
    expect(tokenizer.fragmentation(tokenizer.tokenize('hello world'))).toBe(0)
    expect(tokenizer.fragmentation(tokenizer.tokenize('abc hello'))).toBe(3 / 4)
    expect(tokenizer.fragmentation(tokenizer.tokenize('한국어'))).toBe(1)
    expect(tokenizer.fragmentation(tokenizer.tokenize(''))).toBe(0)
  })
})
