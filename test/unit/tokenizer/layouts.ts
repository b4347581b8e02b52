import { AlignedText } from '../../../src/tokenizer/aligned-text.js'
import { JsonCursor } from '../../../src/tokenizer/json-cursor.js'

/** A cursor at the root of a made-up tokenizer.json. */
export function cursor(value: unknown): JsonCursor {
  return JsonCursor.root(value, 'tokenizer.json')
}

/** Each character of a rewritten text with the span of the original that it came from. */
export function origins(text: AlignedText): readonly (readonly [string, number, number])[] {
  return Array.from({ length: text.text.length }, (_, unit) => [
    text.text.charAt(unit),
    text.startOf(unit),
    text.endOf(unit),
  ])
}

/** Words with their spans in the original text. */
export function spansOf(words: readonly AlignedText[]): readonly (readonly [string, number, number])[] {
  return words.map((word) => [word.text, word.startOf(0), word.endOf(word.text.length - 1)])
}

/** Unchanged text at the start of an original. */
export const original = (text: string): AlignedText => AlignedText.original(text)

interface AddedTokenLayout {
  readonly id: number
  readonly content: string
  readonly special?: boolean
  readonly normalized?: boolean
  readonly lstrip?: boolean
  readonly rstrip?: boolean
  readonly single_word?: boolean
}

/** A tokenizer.json in BERT's layout. */
export function bertLayout(
  tokens: readonly string[],
  added: readonly AddedTokenLayout[] = [],
): Readonly<Record<string, unknown>> {
  const vocab = Object.fromEntries(
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...tokens].map((token, id) => [token, id]),
  )
  return {
    added_tokens: [
      { id: 0, content: '[PAD]', special: true },
      { id: 2, content: '[CLS]', special: true },
      { id: 3, content: '[SEP]', special: true },
      ...added,
    ],
    normalizer: { type: 'BertNormalizer' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab },
  }
}
