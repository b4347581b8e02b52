import type { AlignedText } from './aligned-text.js'
import { toByteAlphabet } from './byte-level.js'
import { BERT_PUNCTUATION, NUMBER, WHITE_SPACE, WORD_CHARACTER } from './character-class.js'
import { gpt2WordEnds } from './gpt2-words.js'
import type { JsonCursor } from './json-cursor.js'
import { metaspacePreTokenizer } from './metaspace.js'
import { characterMatcher, readPattern } from './pattern.js'
import type { PreTokenizer } from './pre-tokenizer.js'
import { prependText } from './simple-normalizers.js'
import { readSplitBehavior, splitAt, type SplitBehavior } from './split-behavior.js'

/**
 * Builds the pre-tokenizer that tokenizer.json describes.
 *
 * @param config the `pre_tokenizer` entry; absent for none
 * @throws {ModelError} naming a type that is not supported
 */
export function createPreTokenizer(config: JsonCursor): PreTokenizer {
  if (!config.isPresent) return { split: (text) => [text], beforeSpace: 'passes' }
  const type = config.at('type')
  switch (type.string()) {
    case 'Sequence':
      return inSequence(config.at('pretokenizers').items().map(createPreTokenizer))
    case 'BertPreTokenizer':
      return bertSplit
    case 'WhitespaceSplit':
      return whitespaceSplit
    case 'Whitespace':
      return wordSplit
    case 'Punctuation':
      return punctuationSplit(readSplitBehavior(config.at('behavior'), 'Isolated'))
    case 'Digits':
      return digitSplit(config.at('individual_digits').boolean(false))
    case 'ByteLevel':
      return byteLevelPreTokenizer(config)
    case 'Metaspace':
      return metaspacePreTokenizer(config)
    case 'Split':
      return patternSplit(config)
    default:
      return type.fail(
        'must be a supported pre-tokenizer (Sequence, BertPreTokenizer, WhitespaceSplit, Whitespace, Punctuation,' +
          ' Digits, ByteLevel, Metaspace, Split)',
      )
  }
}

const whitespace = characterMatcher((codePoint) => WHITE_SPACE.has(codePoint))
const punctuation = characterMatcher((codePoint) => BERT_PUNCTUATION.has(codePoint))
const digits = characterMatcher((codePoint) => NUMBER.has(codePoint))
const wordCharacters = characterMatcher((codePoint) => WORD_CHARACTER.has(codePoint))

const whitespaceSplit: PreTokenizer = {
  split: (text) => splitAt(text, whitespace, 'Removed'),
  beforeSpace: 'cuts',
}

/** Words between whitespace; each punctuation character is a word of its own. */
const bertSplit: PreTokenizer = { split: splitBertWords, beforeSpace: 'cuts' }

/** Runs of word characters, and runs of other visible characters: `\w+|[^\w\s]+`. */
const wordSplit: PreTokenizer = {
  split: (text) =>
    splitAt(text, whitespace, 'Removed').flatMap((part) => splitAt(part, wordCharacters, 'Contiguous')),
  beforeSpace: 'cuts',
}

/** In one pass, as this is the way of most models in use. */
function splitBertWords(text: AlignedText): readonly AlignedText[] {
  const words: AlignedText[] = []
  let start = 0
  for (let unit = 0; unit < text.text.length;) {
    const codePoint = text.text.codePointAt(unit) ?? 0
    const next = unit + (codePoint > 0xffff ? 2 : 1)
    const isPunctuation = BERT_PUNCTUATION.has(codePoint)
    if (isPunctuation || WHITE_SPACE.has(codePoint)) {
      if (start < unit) words.push(text.slice(start, unit))
      if (isPunctuation) words.push(text.slice(unit, next))
      start = next
    }
    unit = next
  }
  if (start < text.text.length) words.push(text.slice(start, text.text.length))
  return words
}

function punctuationSplit(behavior: SplitBehavior): PreTokenizer {
  return { split: (text) => splitAt(text, punctuation, behavior), beforeSpace: 'passes' }
}

function digitSplit(oneByOne: boolean): PreTokenizer {
  return {
    split: (text) => splitAt(text, digits, oneByOne ? 'Isolated' : 'Contiguous'),
    beforeSpace: 'passes',
  }
}

/** Expressions in wide use of which none matches a visible character together with a space after it. */
const LOCAL_EXPRESSIONS: ReadonlySet<string> = new Set([
  // Llama 3, after OpenAI's cl100k.
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // Qwen 2 and 3.
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // GPT-2.
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
])

function patternSplit(config: JsonCursor): PreTokenizer {
  const matcher = readPattern(config.at('pattern'))
  const behavior = readSplitBehavior(config.at('behavior'))
  const isInverted = config.at('invert').boolean(false)
  return {
    split: (text) => splitAt(text, isInverted ? inverted : matcher, behavior),
    beforeSpace: LOCAL_EXPRESSIONS.has(config.at('pattern').at('Regex').string('')) ? 'cuts' : 'unknown',
  }

  function inverted(text: string): ReturnType<typeof matcher> {
    return matcher(text).map((match) => ({ ...match, isMatch: !match.isMatch }))
  }
}

function byteLevelPreTokenizer(config: JsonCursor): PreTokenizer {
  const addsSpace = config.at('add_prefix_space').boolean(true)
  const usesExpression = config.at('use_regex').boolean(true)
  return {
    split(text) {
      const spaced = addsSpace && !text.text.startsWith(' ') ? prependText(text, ' ') : text
      return (usesExpression ? gpt2Words(spaced) : [spaced]).map(toByteAlphabet)
    },
    beforeSpace: usesExpression ? 'cuts' : 'passes',
  }
}

function gpt2Words(text: AlignedText): readonly AlignedText[] {
  let start = 0
  return gpt2WordEnds(text.text).map((end) => {
    const word = text.slice(start, end)
    start = end
    return word
  })
}

function inSequence(members: readonly PreTokenizer[]): PreTokenizer {
  const places = members.map(({ beforeSpace }) => beforeSpace)
  const cuts = places.includes('cuts') ? 'cuts' : 'passes'
  return {
    split: (text) =>
      members.reduce<readonly AlignedText[]>(
        (texts, member) => texts.flatMap((part) => member.split(part)),
        [text],
      ),
    beforeSpace: places.includes('unknown') ? 'unknown' : cuts,
  }
}
