import { bertNormalizer, lowercased } from './bert-normalizer.js'
import { toByteAlphabet } from './byte-level.js'
import { charsmapNormalizer } from './charsmap-normalizer.js'
import type { JsonCursor } from './json-cursor.js'
import type { Normalizer } from './normalizer.js'
import { readPattern } from './pattern.js'
import { nmtCharacter, prependText, replaceMatches, stripSpace } from './simple-normalizers.js'
import { unicodeFormNormalizer } from './unicode-form.js'

/**
 * Builds the normalizer that tokenizer.json describes.
 *
 * @param config the `normalizer` entry; absent for none
 * @throws {ModelError} naming a type that is not supported
 */
export function createNormalizer(config: JsonCursor): Normalizer {
  if (!config.isPresent) return { normalize: (text) => text, isLocalToWords: true }
  const type = config.at('type')
  const name = type.string()
  switch (name) {
    case 'Sequence':
      return inSequence(config.at('normalizers').items().map(createNormalizer))
    case 'BertNormalizer':
      return bertNormalizer(config)
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return unicodeFormNormalizer(name)
    case 'Precompiled':
      return charsmapNormalizer(config)
    case 'Lowercase':
      return byCharacter(lowercased)
    case 'StripAccents':
      return byCharacter((character) => (/\p{M}/u.test(character) ? '' : character))
    case 'Nmt':
      return byCharacter(nmtCharacter)
    case 'ByteLevel':
      return { normalize: toByteAlphabet, isLocalToWords: true }
    case 'Replace':
      return replacing(config)
    case 'Strip':
      return stripping(config)
    case 'Prepend':
      return prepending(config.at('prepend').string())
    default:
      return type.fail(
        'must be a supported normalizer (Sequence, BertNormalizer, NFC, NFD, NFKC, NFKD, Precompiled, Lowercase,' +
          ' StripAccents, Nmt, ByteLevel, Replace, Strip, Prepend)',
      )
  }
}

function inSequence(normalizers: readonly Normalizer[]): Normalizer {
  return {
    normalize: (text) => normalizers.reduce((current, normalizer) => normalizer.normalize(current), text),
    isLocalToWords: normalizers.every(({ isLocalToWords }) => isLocalToWords),
  }
}

function byCharacter(rewrite: (character: string) => string): Normalizer {
  return { normalize: (text) => text.rewriteCharacters(rewrite), isLocalToWords: true }
}

/** Only patterns that cannot reach from a visible character over a space are sure to be local. */
function replacing(config: JsonCursor): Normalizer {
  const matcher = readPattern(config.at('pattern'))
  const content = config.at('content').string()
  const literal = config.at('pattern').at('String').string('')
  const isSpaceRun = config.at('pattern').at('Regex').string('') === ' {2,}'
  return {
    normalize: (text) => replaceMatches(text, matcher, content),
    isLocalToWords: isSpaceRun || (literal !== '' && (literal === ' ' || !/\s/.test(literal))),
  }
}

function stripping(config: JsonCursor): Normalizer {
  const left = config.at('strip_left').boolean()
  const right = config.at('strip_right').boolean()
  return { normalize: (text) => stripSpace(text, left, right), isLocalToWords: !left && !right }
}

function prepending(prefix: string): Normalizer {
  return { normalize: (text) => prependText(text, prefix), isLocalToWords: false }
}
