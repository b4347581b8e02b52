import { describe, expect, it } from '@jest/globals'
import { normalizeLongTextOptions } from '../../../src/encoder/long-texts.js'

const LIMITS = { maxTokens: 512, specialTokens: 2 }

describe('normalizeLongTextOptions', () => {
  it.each([
    [{}, { longTexts: 'merge', chunkTokens: 512, chunkOverlap: 0 }],
    [{ longTexts: 'truncate' }, { longTexts: 'truncate', chunkTokens: 512, chunkOverlap: 0 }],
    [
      { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 63 },
      { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 63 },
    ],
    [{ chunkTokens: 3 }, { longTexts: 'merge', chunkTokens: 3, chunkOverlap: 0 }],
  ] as const)('makes %j complete', (options, expected) => {
    expect(normalizeLongTextOptions(options, LIMITS)).toEqual(expected)
  })

  it('needs no limit where none is known', () => {
    expect(normalizeLongTextOptions({}, { ...LIMITS, maxTokens: Infinity }).chunkTokens).toBe(Infinity)
  })

  it.each([
    [{ longTexts: 'split' as 'merge' }, 'longTexts must be one of merge, nested, truncate, received "split"'],
    [
      { chunkTokens: 513 },
      "chunkTokens must be a whole number from 3 to 512, the model's limit, received 513",
    ],
    [{ chunkTokens: 2 }, 'received 2'],
    [{ chunkTokens: 10.5 }, 'received 10.5'],
    [{ chunkTokens: 12, chunkOverlap: 6 }, 'chunkOverlap must be a whole number from 0 to 5, received 6'],
    [{ chunkOverlap: -1 }, 'chunkOverlap must be a whole number from 0 to 255, received -1'],
    [{ longTexts: 'truncate', chunkTokens: 9 }, 'chunkTokens needs chunks: not with truncate, received 9'],
    [{ longTexts: 'truncate', chunkOverlap: 0 }, 'chunkOverlap needs chunks'],
  ] as const)('refuses %j', (options, message) => {
    expect(() => normalizeLongTextOptions(options, LIMITS)).toThrow(message)
  })
})
