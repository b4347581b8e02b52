import { fromByteAlphabet } from './byte-level.js'
import type { JsonCursor } from './json-cursor.js'

/** How the raw tokens of a vocabulary are read. */
export interface TokenForms {
  /** A raw token as people read it. */
  readonly readable: (token: string) => string
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
  if (metaspace !== undefined) return plainForms(withoutMarks(metaspace.at('replacement').string('▁')))
  if (ofType('ByteLevel') !== undefined) return BYTE_LEVEL_FORMS
  return plainForms(withoutPrefix(tokenizer.at('model').at('continuing_subword_prefix').string('')))
}

function stagesUnder(stage: JsonCursor): readonly JsonCursor[] {
  if (!stage.isPresent) return []
  const members = ['normalizers', 'pretokenizers', 'decoders'].flatMap((key) => stage.at(key).items())
  return [stage, ...members.flatMap(stagesUnder)]
}

function plainForms(unmarked: (token: string) => string): TokenForms {
  return {
    readable: (token) => orRaw(unmarked(token), token),
    isSingleCharacter: (token) => characterCount(unmarked(token)) <= 1,
  }
}

function withoutPrefix(prefix: string): (token: string) => string {
  return (token) => (token.startsWith(prefix) ? token.slice(prefix.length) : token)
}

function withoutMarks(mark: string): (token: string) => string {
  return (token) => token.replaceAll(mark, ' ').replace(/^ /, '')
}

/** Bytes of the longest character in UTF-8, less one: what is shorter and not whole is a part of one character. */
const MAX_PART_BYTES = 3

const BYTE_LEVEL_FORMS: TokenForms = {
  readable: (token) => orRaw((fromByteAlphabet(token) ?? token).replace(/^ /, ''), token),
  isSingleCharacter(token) {
    const bytes = token.replace(/^Ġ/, '')
    const decoded = fromByteAlphabet(bytes)
    return decoded === undefined ? bytes.length <= MAX_PART_BYTES : characterCount(decoded) <= 1
  },
}

/** Whitespace alone cannot be read: the raw token says more. */
function orRaw(readable: string, token: string): string {
  return readable.trim() === '' ? token : readable
}

function characterCount(text: string): number {
  return Array.from(text).length
}
