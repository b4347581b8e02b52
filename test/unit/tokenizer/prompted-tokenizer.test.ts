import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { readTokenizerFiles } from '../../../src/model/bundle.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { promptTokens, withPrompt } from '../../../src/tokenizer/prompted-tokenizer.js'
import type { TextTokenizer, TokenizedText } from '../../../src/tokenizer/text-tokenizer.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))

describe('a tokenizer with a prompt', () => {
  let plain: TextTokenizer
  let prompted: TextTokenizer
  beforeAll(async () => {
    plain = loadTokenizer(await readTokenizerFiles(MODEL))
    prompted = withPrompt(plain, 'search query: ')
  })
  const own = ({ ids, words }: TokenizedText, of: TextTokenizer): readonly string[] =>
    [...ids].filter((_, index) => words[index] !== -1).map((id) => of.tokenOf(id))

  it('gives the ids of prompt and text together', () => {
    const { ids, tokenCount } = prompted.tokenize('my car')
    expect([...ids]).toEqual([...plain.tokenize('search query: my car').ids])
    expect(tokenCount).toBe(ids.length)
  })

  it("has the text's tokens alone as own ones, with their places in the text", () => {
    const text = '😀 my cars'
    const tokenized = prompted.tokenize(text)
    const alone = plain.tokenize(text)
    expect(own(tokenized, prompted)).toEqual(own(alone, plain))
    const spans = ({ spans: all, words }: TokenizedText): readonly number[] =>
      [...all].filter((_, index) => words[index >> 1] !== -1)
    expect(spans(tokenized)).toEqual(spans(alone))
    expect([...tokenized.words].filter((word) => word !== -1)).toEqual(
      [...alone.words].filter((word) => word !== -1),
    )
    expect(prompted.fragmentation(tokenized)).toBe(plain.fragmentation(alone))
  })

  it('gives a token that reaches over from the prompt to the text', () => {
    const glued = withPrompt(plain, 'sun').tokenize('shine and rain')
    expect(own(glued, plain)).toEqual(['sunshine', 'and', 'rain'])
    expect([...glued.spans.slice(2, 4)]).toEqual([0, 5])
  })

  it('takes as many tokens from every text as the longest prompt has', () => {
    expect(promptTokens(plain, ['search query: ', 'a'])).toBe(3)
    expect(promptTokens(plain, ['', ''])).toBe(0)
  })

  it('has no own token for an empty text', () => {
    expect([...prompted.tokenize('').words].every((word) => word === -1)).toBe(true)
  })

  it('is the tokenizer itself where there is nothing to say', () => {
    expect(withPrompt(plain, '')).toBe(plain)
    expect(prompted.surfaceOf(prompted.idOf('car')!)).toBe('car')
  })
})
