import { describe, expect, it } from '@jest/globals'
import { readableIn } from '../../../src/encoder/readable-in.js'
import type { Span } from '../../../src/sparse-vector.js'

const readable = (token: string, standsIn?: string): string =>
  token !== 'part' ? token.replace('##', '') : standsIn === undefined ? 'bytes EB 8B' : `${standsIn}[1-2/3]`

/** A text in which the token stands at each of the units. */
const located = (text: string, token: string, ...starts: readonly number[]) => ({
  text,
  spans: new Map([[token, starts.map((start): Span => [start, start + 1])]]),
})

describe('readableIn', () => {
  it('names a part of a character by the first text that has it', () => {
    const document = located('먹는 닭', 'part', 3)
    const query = located('닫다', 'part', 0)
    expect(readableIn(readable, 'part', document, query)).toBe('닭[1-2/3]')
    expect(readableIn(readable, 'part', located('소', 'other', 0), query)).toBe('닫[1-2/3]')
    expect(readableIn(readable, 'part', undefined, query)).toBe('닫[1-2/3]')
  })

  it('names the bytes where no text has it', () => {
    expect(readableIn(readable, 'part')).toBe('bytes EB 8B')
    expect(readableIn(readable, 'part', undefined, located('소', 'other', 0))).toBe('bytes EB 8B')
  })

  it('names each character that it is a part of once, and not too many', () => {
    expect(readableIn(readable, 'part', located('닭닫닭', 'part', 0, 1, 2))).toBe('닭[1-2/3]·닫[1-2/3]')
    expect(readableIn(readable, 'part', located('닭닫단달', 'part', 0, 1, 2, 3))).toBe(
      '닭[1-2/3]·닫[1-2/3]·단[1-2/3]…',
    )
  })

  it('leaves whole tokens, and those that are words already, as they are', () => {
    expect(readableIn(readable, '##ing', located('i', '##ing', 0))).toBe('ing')
    expect(readableIn(undefined, 'part', located('닭', 'part', 0))).toBe('part')
  })
})
