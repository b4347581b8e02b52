import type { AlignedText } from './aligned-text.js'
import type { JsonCursor } from './json-cursor.js'
import { characterMatcher } from './pattern.js'
import type { PreTokenizer } from './pre-tokenizer.js'
import { prependText } from './simple-normalizers.js'
import { splitAt } from './split-behavior.js'

/** When a text that does not start with a space gets the mark of one. */
type PrependScheme = 'always' | 'first' | 'never'

/**
 * SentencePiece's pre-tokenizer: spaces become a visible mark (`▁`), which starts each word.
 *
 * Source: tokenizers, pre_tokenizers/metaspace.rs.
 */
export function metaspacePreTokenizer(config: JsonCursor): PreTokenizer {
  const mark = config.at('replacement').string('▁')
  const scheme = readPrependScheme(config)
  const splits = config.at('split').boolean(true)
  const isMark = characterMatcher((codePoint) => codePoint === mark.codePointAt(0))
  return {
    split(text) {
      const marked = withPrefix(withMarks(text, mark), mark, scheme)
      return splits ? splitAt(marked, isMark, 'MergedWithNext') : [marked]
    },
    beforeSpace: splits ? 'cuts' : 'passes',
  }
}

function readPrependScheme(config: JsonCursor): PrependScheme {
  const isLegacyNever = !config.at('add_prefix_space').boolean(true)
  const scheme = config.at('prepend_scheme')
  const name = scheme.string(isLegacyNever ? 'never' : 'always')
  if (name === 'always' || name === 'first' || name === 'never') return name
  return scheme.fail('must be always, first or never')
}

function withMarks(text: AlignedText, mark: string): AlignedText {
  if (!text.text.includes(' ')) return text
  return text.rewriteCharacters((character) => (character === ' ' ? mark : character))
}

function withPrefix(text: AlignedText, mark: string, scheme: PrependScheme): AlignedText {
  const isWanted = scheme === 'always' || (scheme === 'first' && text.startOf(0) === 0)
  return isWanted && !text.text.startsWith(mark) ? prependText(text, mark) : text
}
