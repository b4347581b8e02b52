import { describe, expect, it } from '@jest/globals'
import { addCounts, countTexts, NO_TEXTS, warnAboutTexts } from '../../../src/cli/warnings.js'
import type { Encoding } from '../../../src/encoder/encoder.js'
import { recordingTerminal } from './recording-terminal.js'

function encoding(tokenCount: number, fragmentation: number, truncated = false): Encoding {
  return { vector: new Map(), tokenCount, fragmentation, truncated, chunkCount: 1 }
}

describe('countTexts', () => {
  it('counts texts that are mostly fragments, but not those of a few tokens', () => {
    const encodings = [encoding(5, 0.9), encoding(4, 0.9), encoding(9, 0.5), encoding(9, 0.51)]
    expect(countTexts(encodings)).toEqual({ texts: 4, fragmented: 2, truncated: 0, chunked: 0, chunks: 0 })
  })

  it('counts texts that were too long, batch by batch', () => {
    const first = addCounts(NO_TEXTS, countTexts([encoding(9, 0, true), encoding(9, 0)]))
    expect(addCounts(first, countTexts([encoding(9, 0, true)]))).toEqual({
      texts: 3,
      fragmented: 0,
      truncated: 2,
      chunked: 0,
      chunks: 0,
    })
  })
})

describe('warnAboutTexts', () => {
  function warned(counts: Parameters<typeof warnAboutTexts>[3]): string {
    const terminal = recordingTerminal()
    warnAboutTexts(terminal, 'tiny', 'document', counts)
    expect(terminal.printed()).toBe('')
    return terminal.noted()
  }

  it('says nothing where all is well', () => {
    expect(warned({ texts: 9, fragmented: 0, truncated: 0, chunked: 0, chunks: 0 })).toBe('')
  })

  it('names the model, how many, and the way out', () => {
    expect(warned({ texts: 9, fragmented: 4, truncated: 0, chunked: 0, chunks: 0 })).toBe(
      'warning: 4 of 9 documents fell apart into unknown tokens or single characters: ' +
        'tiny does not know their language. Use --model bm25, or a model made for it.\n',
    )
  })

  it('tells of ends that were left out', () => {
    expect(warned({ texts: 9, fragmented: 0, truncated: 1, chunked: 0, chunks: 0 })).toBe(
      'warning: 1 of 9 documents were longer than tiny reads; their ends were left out.\n',
    )
  })

  it('tells of texts that took several chunks', () => {
    const counts = countTexts([{ ...encoding(900, 0), chunkCount: 2 }, encoding(9, 0)])
    expect(warned(counts)).toBe(
      '1 of 2 documents were longer than tiny reads at once: encoded in 2 chunks.\n',
    )
  })
})
