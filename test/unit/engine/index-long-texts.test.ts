import { describe, expect, it } from '@jest/globals'
import type { LongTextSettings } from '../../../src/encoder/long-texts.js'
import { ensureSameLongTexts, readLongTexts, toLongTextsJson } from '../../../src/engine/index-long-texts.js'

const MERGE: LongTextSettings = { longTexts: 'merge', chunkTokens: 512, chunkOverlap: 0 }
const NESTED: LongTextSettings = { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 16 }
const TRUNCATE: LongTextSettings = { longTexts: 'truncate', chunkTokens: 512, chunkOverlap: 0 }

describe('what an index records of long texts', () => {
  it.each([MERGE, NESTED, TRUNCATE, { ...MERGE, chunkTokens: Infinity }])(
    'can be read back: %j',
    (settings) => {
      const json: unknown = JSON.parse(JSON.stringify({ long_texts: toLongTextsJson(settings) }))
      expect(readLongTexts('docs', json)).toEqual(settings)
    },
  )

  it('is nothing in older indices', () => {
    expect(readLongTexts('docs', { field: 'splade' })).toBeUndefined()
  })

  it('is refused where only a newer version knows it', () => {
    const newer = { long_texts: { mode: 'colbert' } }
    expect(() => readLongTexts('docs', newer)).toThrow(/"docs" treats long texts as "colbert".*update/)
  })
})

describe('ensureSameLongTexts', () => {
  it.each([
    [MERGE, { ...MERGE }],
    [undefined, undefined],
    [undefined, MERGE],
    [undefined, TRUNCATE],
    [MERGE, undefined],
  ])('accepts %j for %j', (recorded, wanted) => {
    expect(() => {
      ensureSameLongTexts('docs', recorded, wanted)
    }).not.toThrow()
  })

  it.each([
    [
      MERGE,
      NESTED,
      'merged from chunks of 512 tokens, but you are using long texts nested from chunks of 128',
    ],
    [MERGE, { ...MERGE, chunkTokens: 256 }, 'but you are using long texts merged from chunks of 256 tokens'],
    [NESTED, { ...NESTED, chunkOverlap: 0 }, '128 tokens, 16 of them repeated, but you are using'],
    [TRUNCATE, MERGE, 'created with long texts truncated after 512 tokens'],
    [undefined, NESTED, 'but you are using long texts nested'],
    [NESTED, undefined, 'created with long texts nested'],
  ])('refuses %j for %j, with the way out', (recorded, wanted, message) => {
    const check = (): void => {
      ensureSameLongTexts('docs', recorded, wanted)
    }
    expect(check).toThrow(message)
    expect(check).toThrow('leave --long-texts, --chunk-tokens and --chunk-overlap out')
  })
})
