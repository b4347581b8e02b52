import { AlignedTextBuilder, type AlignedText } from './aligned-text.js'
import type { JsonCursor } from './json-cursor.js'
import type { Normalizer } from './normalizer.js'

/** Clusters of several characters are looked up as a whole only below this many UTF-8 bytes. */
const CLUSTER_BYTE_LIMIT = 6

/** Characters beside which a cluster of several characters may be that short; without them nothing joins. */
const MAY_JOIN = /[\p{M}\p{Cf}\p{Grapheme_Extend}\p{Emoji_Modifier}\r\u0e33\u0eb3]/u

/**
 * SentencePiece's precompiled character map (`Precompiled`): a double-array trie from UTF-8 strings to their
 * replacements. Grapheme clusters are looked up first, then characters; a lookup takes the shortest key that
 * starts the string and replaces the whole string, as tokenizers does.
 *
 * Source: tokenizers, normalizers/precompiled.rs; spm_precompiled; darts-clone for the unit layout.
 */
export function charsmapNormalizer(config: JsonCursor): Normalizer {
  const blob = config.at('precompiled_charsmap')
  if (!blob.isPresent) return { normalize: (text) => text, isLocalToWords: true }
  const map = CharacterMap.parse(blob)
  return { normalize: (text) => rewriteClusters(text, map), isLocalToWords: true }
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

function rewriteClusters(text: AlignedText, map: CharacterMap): AlignedText {
  const rewriteOne = (character: string): string => map.replacementOf(character) ?? character
  if (!MAY_JOIN.test(text.text)) return text.rewriteCharacters(rewriteOne)
  const builder = new AlignedTextBuilder(text.text.length)
  for (const { segment, index } of graphemes.segment(text.text)) {
    const cluster = text.slice(index, index + segment.length)
    const whole = Buffer.byteLength(segment) < CLUSTER_BYTE_LIMIT ? map.replacementOf(segment) : undefined
    if (whole !== undefined) builder.append(whole, cluster.startOf(0), cluster.endOf(segment.length - 1))
    else builder.appendAll(cluster.rewriteCharacters(rewriteOne))
  }
  return builder.build()
}

/** Characters whose replacement is remembered. */
const REMEMBERED = 0x10000

class CharacterMap {
  private readonly remembered = new Map<string, string | undefined>()

  private constructor(
    private readonly units: Uint32Array,
    private readonly replacements: Buffer,
  ) {}

  /** Layout: size of the trie in bytes, its 32-bit units, then zero-terminated replacements; little-endian. */
  static parse(blob: JsonCursor): CharacterMap {
    const bytes = Buffer.from(blob.string(), 'base64')
    const trieBytes = bytes.length < 4 ? 0 : bytes.readUInt32LE(0)
    if (trieBytes === 0 || trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) {
      blob.fail(`must hold a trie within its ${bytes.length} bytes, after the trie's size`)
    }
    const units = Uint32Array.from({ length: trieBytes / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index))
    return new CharacterMap(units, bytes.subarray(4 + trieBytes))
  }

  /** What replaces a string that starts with a key; undefined if it stays. */
  replacementOf(text: string): string | undefined {
    if (this.remembered.has(text)) return this.remembered.get(text)
    const place = this.shortestMatch(Buffer.from(text))
    const replacement = place === undefined ? undefined : this.replacementAt(place)
    if (this.remembered.size < REMEMBERED) this.remembered.set(text, replacement)
    return replacement
  }

  private replacementAt(place: number): string {
    const end = this.replacements.indexOf(0, place)
    return this.replacements.toString('utf8', place, end === -1 ? undefined : end)
  }

  private shortestMatch(key: Buffer): number | undefined {
    let node = offsetOf(this.unit(0))
    for (const byte of key) {
      node ^= byte
      const unit = this.unit(node)
      if (byte === 0 || labelOf(unit) !== byte) return undefined
      node ^= offsetOf(unit)
      if (hasLeaf(unit)) return this.unit(node) & 0x7fffffff
    }
    return undefined
  }

  private unit(index: number): number {
    return this.units[index] ?? 0
  }
}

function hasLeaf(unit: number): boolean {
  return ((unit >>> 8) & 1) === 1
}

/** Bit 31 marks a value; a value never equals a byte. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6)
}
