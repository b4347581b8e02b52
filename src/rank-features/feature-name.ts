import { FeatureError } from '../errors.js'

/**
 * Token <-> feature name, one reversible encoding for every engine.
 *
 * A `rank_feature` query splits its field at the last dot, so a token with a dot would match nothing without
 * a word; Elasticsearch 8.7 and later refuse such a feature when indexing. White space and control characters
 * survive JSON but not people's tools. These are percent-encoded, and `%` with them, so that the name can be
 * read back; everything else, Korean and `##` pieces included, stays as it is.
 */

/** Lucene refuses a longer term (`IndexWriter.MAX_TERM_LENGTH`), and with it the whole document. */
export const MAX_FEATURE_NAME_BYTES = 32_766

/** The name of the empty token; no other name is a lone percent sign. */
const EMPTY_TOKEN_NAME = '%'

// C0 and C1 controls, space, percent, dot, every Unicode space and line separator, the byte-order mark, and
// surrogates without a partner (UTF-8 has no form for those: they would all become one replacement character).
const UNSAFE =
  /[\u0000-\u0020%.\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * @param token any string, the empty one included
 * @returns a name without dots, white space or control characters; equal names mean equal tokens
 * @throws FeatureError if the name has more than {@link MAX_FEATURE_NAME_BYTES} bytes of UTF-8
 */
export function encodeFeatureName(token: string): string {
  if (token === '') return EMPTY_TOKEN_NAME
  const name = token.replace(UNSAFE, escapeCodeUnit)
  if (Buffer.byteLength(name) > MAX_FEATURE_NAME_BYTES) {
    throw new FeatureError(
      `token "${token.slice(0, 40)}…" gives a feature name of ${Buffer.byteLength(name)} bytes; ` +
        `Lucene stores at most ${MAX_FEATURE_NAME_BYTES}`,
    )
  }
  return name
}

// Of a UTF-16 code unit alone; filled as units turn up.
const [UNKNOWN, PLAIN, SPECIAL] = [0, 1, 2]
const kinds = new Uint8Array(0x10000)
/** Longer ones may be too long for a name. */
const MAX_PLAIN_LENGTH = 1_024

/**
 * True for a token that is its own name, in JSON too: nearly every one, and several times as fast to find out as to
 * encode it. False tells nothing.
 */
export function isPlainName(token: string): boolean {
  const { length } = token
  for (let index = 0; index < length; index++) {
    const unit = token.charCodeAt(index)
    const kind = kinds[unit] ?? UNKNOWN
    if ((kind === UNKNOWN ? (kinds[unit] = kindOf(unit)) : kind) === SPECIAL) return false
  }
  return length > 0 && length <= MAX_PLAIN_LENGTH
}

/** Surrogates are special: whether they are half of a character, their neighbour tells. */
function kindOf(unit: number): number {
  const character = String.fromCharCode(unit)
  const isItself =
    encodeFeatureName(character) === character && JSON.stringify(character) === `"${character}"`
  return isItself ? PLAIN : SPECIAL
}

/**
 * Inverse of {@link encodeFeatureName}.
 *
 * @throws FeatureError if the name was not made by `encodeFeatureName`
 */
export function decodeFeatureName(name: string): string {
  if (name === EMPTY_TOKEN_NAME) return ''
  const token = name.replace(
    /%(?:u([0-9A-F]{4})|([0-9A-F]{2}))?/g,
    (_escape, unit?: string, byte?: string) => {
      const hex = unit ?? byte
      if (hex === undefined) throw new FeatureError(`feature name "${name}" has an incomplete escape`)
      return String.fromCharCode(Number.parseInt(hex, 16))
    },
  )
  if (encodeFeatureName(token) !== name) {
    throw new FeatureError(`feature name "${name}" is not in the form that this library writes`)
  }
  return token
}

function escapeCodeUnit(unit: string): string {
  const hex = unit.charCodeAt(0).toString(16).toUpperCase()
  return hex.length <= 2 ? `%${hex.padStart(2, '0')}` : `%u${hex.padStart(4, '0')}`
}
