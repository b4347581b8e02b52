import { fromByteAlphabet } from './byte-level.js'
import { isOneCharacter, readableBytes } from './character-parts.js'
import type { JsonCursor } from './json-cursor.js'
import { byteToken } from './subword-model.js'

/** How the raw tokens of a vocabulary are read. */
export interface TokenForms {
  /**
   * A raw token as people read it.
   *
   * @param standsIn what stands in the text at a place of the token; by it a part of a character is known
   */
  readonly readable: (token: string, standsIn?: string) => string
  /** True for a raw token that stands for one character or a part of one, a space before it not counted. */
  readonly isSingleCharacter: (token: string) => boolean
}

/**
 * Finds out which marks the tokens carry: `##` before the rest of a word, `▁` for a space, or the byte alphabet.
 *
 * @param tokenizer root of tokenizer.json
 */
export function readTokenForms(tokenizer: JsonCursor): TokenForms {
  const stages = ['normalizer', 'pre_tokenizer', 'decoder'].flatMap((key) => stagesUnder(tokenizer.at(key)))
  const ofType = (type: string): JsonCursor | undefined =>
    stages.find((stage) => stage.at('type').string('') === type)
  const metaspace = ofType('Metaspace')
  const spellsBytes = tokenizer.at('model').at('byte_fallback').boolean(false)
  if (metaspace !== undefined)
    return plainForms(withoutMarks(metaspace.at('replacement').string('▁')), spellsBytes)
  if (ofType('ByteLevel') !== undefined) return BYTE_LEVEL_FORMS
  return plainForms(
    withoutPrefix(tokenizer.at('model').at('continuing_subword_prefix').string('')),
    spellsBytes,
  )
}

function stagesUnder(stage: JsonCursor): readonly JsonCursor[] {
  if (!stage.isPresent) return []
  const members = ['normalizers', 'pretokenizers', 'decoders'].flatMap((key) => stage.at(key).items())
  return [stage, ...members.flatMap(stagesUnder)]
}

function plainForms(unmarked: (token: string) => string, spellsBytes: boolean): TokenForms {
  const byteOf = (token: string): Uint8Array | undefined => (spellsBytes ? byteToken(token) : undefined)
  return {
    readable(token, standsIn) {
      const byte = byteOf(token)
      return orRaw(byte === undefined ? unmarked(token) : readableBytes(byte, standsIn), token)
    },
    isSingleCharacter: (token) => byteOf(token) !== undefined || characterCount(unmarked(token)) <= 1,
  }
}

function withoutPrefix(prefix: string): (token: string) => string {
  return (token) => (token.startsWith(prefix) ? token.slice(prefix.length) : token)
}

function withoutMarks(mark: string): (token: string) => string {
  return (token) => token.replaceAll(mark, ' ').replace(/^ /, '')
}

const SPACE = 0x20

const BYTE_LEVEL_FORMS: TokenForms = {
  readable(token, standsIn) {
    const bytes = fromByteAlphabet(token)
    if (bytes === undefined) return orRaw(token.replace(/^ /, ''), token)
    return orRaw(readableBytes(bytes[0] === SPACE ? bytes.subarray(1) : bytes, standsIn), token)
  },
  isSingleCharacter(token) {
    const unmarked = token.replace(/^Ġ/, '')
    return isOneCharacter(fromByteAlphabet(unmarked) ?? Buffer.from(unmarked))
  },
}

/** Whitespace alone cannot be read: the raw token says more. */
function orRaw(readable: string, token: string): string {
  return readable.trim() === '' ? token : readable
}

function characterCount(text: string): number {
  return Array.from(text).length
}
