import { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import {
  addLongTextFlags,
  type LongTextFlags,
  longTextOptions,
  withIndexLongTexts,
} from '../../../src/cli/long-text-flags.js'
import type { LongTextSettings } from '../../../src/encoder/long-texts.js'

function parse(...argv: string[]): LongTextFlags {
  const silent = { writeErr: () => undefined }
  return addLongTextFlags(new Command().exitOverride().configureOutput(silent))
    .parse(argv, { from: 'user' })
    .opts()
}

describe('the flags for long texts', () => {
  it('are the options that were given, and no others', () => {
    expect(longTextOptions(parse())).toEqual({})
    expect(
      longTextOptions(parse('--long-texts', 'nested', '--chunk-tokens', '128', '--chunk-overlap', '0')),
    ).toEqual({
      longTexts: 'nested',
      chunkTokens: 128,
      chunkOverlap: 0,
    })
  })

  it.each([
    ['--long-texts', 'split'],
    ['--chunk-tokens', '1.5'],
    ['--chunk-overlap', '-1'],
  ])('refuse %s %s', (...argv) => {
    expect(() => parse(...argv)).toThrow(/invalid/)
  })
})

describe('withIndexLongTexts', () => {
  const meta = (longTexts: LongTextSettings) => ({
    field: 'splade',
    fieldType: 'rank_features' as const,
    textFields: ['text'],
    encoder: { name: 'm', fingerprint: 'f' },
    longTexts,
  })
  const nested = meta({ longTexts: 'nested', chunkTokens: 128, chunkOverlap: 8 })
  const truncated = meta({ longTexts: 'truncate', chunkTokens: 512, chunkOverlap: 0 })

  it.each([
    [
      'goes on as the index was begun',
      {},
      nested,
      { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 8 },
    ],
    [
      'keeps what was asked',
      { chunkTokens: 64 },
      nested,
      { longTexts: 'nested', chunkTokens: 64, chunkOverlap: 8 },
    ],
    ['has no chunks to truncate', {}, truncated, { longTexts: 'truncate' }],
    ['takes no chunks from an index without', { longTexts: 'merge' }, truncated, { longTexts: 'merge' }],
    ['leaves a new index to the encoder', {}, undefined, {}],
  ] as const)('%s', (_, asked, index, expected) => {
    expect(withIndexLongTexts(asked, index)).toEqual(expected)
  })
})
