import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { ConfigurationError, InputError } from '../../errors.js'
import type { Input } from './input.js'

/** Bytes at the start of an input that its encoding is told from. */
export const ENCODING_SAMPLE_BYTES = 64 * 1024

const UTF8 = 'utf-8'
/** What decoders put where the bytes mean nothing. */
const REPLACEMENT = '\ufffd'
/** EUC-KR as Korean Windows writes it: with all 11,172 syllables, not only the 2,350 of the standard. */
const KOREAN = 'cp949'
/** Names under which people know what iconv-lite would read as less than it is. */
const ALIASES: Readonly<Record<string, string>> = {
  utf8: UTF8,
  'euc-kr': KOREAN,
  euckr: KOREAN,
  uhc: KOREAN,
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  'utf-16': 'utf-16le',
  utf16: 'utf-16le',
}

export interface DetectedEncoding {
  /** A name that {@link toUtf8} takes. */
  readonly encoding: string
  /** True if it was guessed from the text, and a person should be told. */
  readonly isGuess: boolean
}

/** @throws ConfigurationError naming `encoding`, for one that nobody knows */
export function normalizeEncoding(encoding: string): string {
  const name = encoding.trim().toLowerCase()
  const known = ALIASES[name] ?? name
  if (!iconv.encodingExists(known)) {
    throw new ConfigurationError(
      'encoding',
      'must be a text encoding, for example utf-8, euc-kr, cp949 or utf-16le',
      encoding,
    )
  }
  return known
}

/**
 * Tells a text's encoding: by its byte-order mark, else UTF-8 where the sample is UTF-8, else Korean where it reads as
 * Korean. JSON is UTF-8 by its standard (RFC 8259, 8.1) and is not guessed at.
 *
 * @param sample the first bytes
 */
export function detectEncoding(sample: Uint8Array, mayGuess: boolean): DetectedEncoding {
  const certain = (encoding: string): DetectedEncoding => ({ encoding, isGuess: false })
  if (sample[0] === 0xff && sample[1] === 0xfe) return certain('utf-16le')
  if (sample[0] === 0xfe && sample[1] === 0xff) return certain('utf-16be')
  if (!mayGuess || isUtf8(withoutTornEnd(sample))) return certain(UTF8)
  return looksKorean(sample) ? { encoding: KOREAN, isGuess: true } : certain(UTF8)
}

/**
 * Turns a text into UTF-8 as it arrives, without its byte-order mark; UTF-8 itself passes through unseen.
 *
 * @param encoding as {@link normalizeEncoding} or {@link detectEncoding} gave it
 * @throws InputError naming the line that is not in that encoding
 */
export async function* toUtf8(input: Input, encoding: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === UTF8) {
    yield* input.bytes
    return
  }
  const decoder = openDecoder(encoding)
  let line = 1
  const check = ({ text, damageAt }: DecodedPiece): Uint8Array => {
    if (damageAt >= 0) throw notInEncoding(input.name, line + countLines(text.slice(0, damageAt)), encoding)
    line += countLines(text)
    return Buffer.from(text)
  }
  for await (const chunk of input.bytes) yield check(decoder.write(chunk))
  yield check(decoder.end())
}

interface DecodedPiece {
  readonly text: string
  /** Where the text shows that the bytes are not in the encoding; -1 if nowhere. */
  readonly damageAt: number
}

interface PieceDecoder {
  write(bytes: Uint8Array): DecodedPiece
  end(): DecodedPiece
}

function openDecoder(encoding: string): PieceDecoder {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return openUtf16Decoder(encoding)
  const decoder = iconv.getDecoder(encoding)
  // No legacy encoding has a character of its own for it.
  const piece = (text: string): DecodedPiece => ({ text, damageAt: text.indexOf(REPLACEMENT) })
  return {
    write: (bytes) => piece(decoder.write(Buffer.from(bytes))),
    end: () => piece(decoder.end() ?? ''),
  }
}

/** UTF-16 may hold a replacement character of the author's own, so only a strict decoder can tell. */
function openUtf16Decoder(encoding: string): PieceDecoder {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (bytes: Uint8Array, stream: boolean): DecodedPiece => {
    try {
      return { text: decoder.decode(bytes, { stream }), damageAt: -1 }
    } catch {
      const text = new TextDecoder(encoding).decode(bytes)
      return { text, damageAt: Math.max(0, text.indexOf(REPLACEMENT)) }
    }
  }
  return { write: (bytes) => decode(bytes, true), end: () => decode(new Uint8Array(0), false) }
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function notInEncoding(file: string, line: number, encoding: string): InputError {
  return new InputError(file, line, `is not valid ${encoding}; name another encoding with --encoding`)
}

/** Share of the letters beyond ASCII that must be Hangul; other legacy encodings read as Korean give few. */
const KOREAN_SHARE = 0.5

function looksKorean(sample: Uint8Array): boolean {
  const text = iconv.decode(Buffer.from(withoutTornEnd(sample)), KOREAN)
  // The sample may end in the middle of a character.
  if (text.slice(0, -1).includes(REPLACEMENT)) return false
  const foreign = text.match(/[^\p{ASCII}]/gu)?.length ?? 0
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0
  return hangul >= foreign * KOREAN_SHARE
}

/** Without the character that the end of the sample may cut in two: what stands behind the last ASCII byte. */
function withoutTornEnd(sample: Uint8Array): Uint8Array {
  if (sample.length < ENCODING_SAMPLE_BYTES) return sample
  return sample.subarray(0, sample.findLastIndex((byte) => byte < 0x80) + 1)
}
