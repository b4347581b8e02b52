/** One text as token ids, with the place of each token in the text as it was given. */
export interface TokenizedText {
  /** Token ids, special tokens included, cut to `maxTokens`. */
  readonly ids: Int32Array
  /**
   * Two numbers an id: UTF-16 units `[start, end)` in the original text. Both 0 for the special tokens that the
   * tokenizer adds itself. A token that is a part of a character covers the whole character.
   */
  readonly spans: Int32Array
  /**
   * One number an id: the index of the word (the piece that the model saw at once) that the token belongs to,
   * counted from 0 over the text; -1 for the special tokens that the tokenizer adds itself.
   */
  readonly words: Int32Array
  /** Number of tokens before the cut, special tokens included. */
  readonly tokenCount: number
  /** True if `maxTokens` dropped the end of the text. */
  readonly truncated: boolean
}

/** Options of `tokenize`. */
export interface TokenizeOptions {
  /**
   * Longest result in tokens, special tokens included; the text's end is dropped, the closing special tokens
   * stay. An integer, at least the number of special tokens. Default: no limit.
   */
  readonly maxTokens?: number
}

/** Text -> token ids; ids and offsets as Python's `tokenizers` computes them from the same tokenizer.json. */
export interface TextTokenizer {
  /** Highest id + 1. */
  readonly vocabularySize: number
  /** Ids that stand for no text: from added_tokens' flag, special_tokens_map.json and tokenizer_config.json. */
  readonly specialIds: ReadonlySet<number>
  /** Id of the token for what the vocabulary lacks; undefined where the model can spell everything. */
  readonly unknownId: number | undefined
  /** Id to fill the end of short rows with; 0 if the files name none (padded positions are masked anyway). */
  readonly padId: number
  /** False for an id that no token has: beyond the last one, or left out by the vocabulary. */
  isToken(id: number): boolean
  /**
   * The raw vocabulary string, for example `##ing` or `Ġword`.
   *
   * @throws {EncodingError} naming the id, if no token has it
   */
  tokenOf(id: number): string
  /** The id of a raw vocabulary string; undefined if the vocabulary lacks it. */
  idOf(token: string): number | undefined
  /**
   * The token as people read it: without word markers (`##`, `▁`, `Ġ`), bytes decoded. A part of a character is
   * `닭[1-2/3]` where the text is at hand, else `bytes EB 8B`. Tokens for which nothing would be left stay raw.
   *
   * @param standsIn what stands in the text at a place of the token
   * @throws {EncodingError} naming the id, if no token has it
   */
  surfaceOf(id: number, standsIn?: string): string
  /**
   * Cuts a text into tokens. Takes any string: lone surrogates count as U+FFFD.
   *
   * @throws {ConfigurationError} if `maxTokens` leaves no room for the special tokens
   */
  tokenize(text: string, options?: TokenizeOptions): TokenizedText
  /**
   * Share (0-1) of the text's tokens that are unknown, or one character (or less) of a word of several tokens.
   * Near 1 the vocabulary does not know the language. 0 for a text without tokens.
   */
  fragmentation(tokenized: TokenizedText): number
}
