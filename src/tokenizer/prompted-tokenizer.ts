import type { TextTokenizer, TokenizedText, TokenizeOptions } from './text-tokenizer.js'

/**
 * A tokenizer that puts a prompt before every text. The prompt's tokens are like the special ones around a text: they
 * have no place in it, and belong to every chunk of it.
 *
 * @returns the tokenizer itself for an empty prompt
 */
export function withPrompt(tokenizer: TextTokenizer, prompt: string): TextTokenizer {
  return prompt === '' ? tokenizer : new PromptedTokenizer(tokenizer, prompt)
}

/** Tokens that the longest of some prompts takes from every text. */
export function promptTokens(tokenizer: TextTokenizer, prompts: readonly string[]): number {
  const counts = ['', ...prompts].map((prompt) => tokenizer.tokenize(prompt).tokenCount)
  return Math.max(...counts) - (counts[0] ?? 0)
}

class PromptedTokenizer implements TextTokenizer {
  readonly vocabularySize: number
  readonly specialIds: ReadonlySet<number>
  readonly unknownId: number | undefined
  readonly padId: number

  constructor(
    private readonly tokenizer: TextTokenizer,
    private readonly prompt: string,
  ) {
    this.vocabularySize = tokenizer.vocabularySize
    this.specialIds = tokenizer.specialIds
    this.unknownId = tokenizer.unknownId
    this.padId = tokenizer.padId
  }

  isToken(id: number): boolean {
    return this.tokenizer.isToken(id)
  }

  tokenOf(id: number): string {
    return this.tokenizer.tokenOf(id)
  }

  idOf(token: string): number | undefined {
    return this.tokenizer.idOf(token)
  }

  surfaceOf(id: number, standsIn?: string): string {
    return this.tokenizer.surfaceOf(id, standsIn)
  }

  tokenize(text: string, options?: TokenizeOptions): TokenizedText {
    return behind(this.tokenizer.tokenize(this.prompt + text, options), this.prompt.length)
  }

  fragmentation(tokenized: TokenizedText): number {
    return this.tokenizer.fragmentation(tokenized)
  }
}

/** The tokens of the text that starts at a unit; one that reaches over from before it starts there. */
function behind(tokenized: TokenizedText, start: number): TokenizedText {
  const { ids } = tokenized
  const spans = new Int32Array(2 * ids.length)
  const words = new Int32Array(ids.length).fill(-1)
  let firstWord: number | undefined
  for (const [index, word] of tokenized.words.entries()) {
    const end = tokenized.spans[2 * index + 1] ?? 0
    if (word === -1 || end <= start) continue
    firstWord ??= word
    words[index] = word - firstWord
    spans[2 * index] = Math.max(0, (tokenized.spans[2 * index] ?? 0) - start)
    spans[2 * index + 1] = end - start
  }
  return { ...tokenized, spans, words }
}
