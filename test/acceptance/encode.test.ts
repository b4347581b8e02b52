import { describe, expect, it } from '@jest/globals'
import { onlyJson, useCliHome } from './cli-process.js'

interface EncodedText {
  readonly text: string
  readonly activeTokens: number
  readonly tokens: Readonly<Record<string, number>>
}

describe('splade-bridge encode', () => {
  const home = useCliHome()

  it('prints one JSON object a text, with every token', async () => {
    const result = await home.run(['encode', '--json', 'A cat sat on the mat', 'coffee beans'])
    const lines = result.out.trimEnd().split('\n')
    const encoded = lines.map((line) => JSON.parse(line) as EncodedText)
    expect(result).toMatchObject({ code: 0, err: '' })
    expect(encoded.map(({ text }) => text)).toEqual(['A cat sat on the mat', 'coffee beans'])
    for (const { activeTokens, tokens } of encoded) expect(Object.keys(tokens)).toHaveLength(activeTokens)
    expect(encoded.map((object) => Object.keys(object))).toEqual(
      encoded.map(() => ['text', 'activeTokens', 'tokens']),
    )
    expect(encoded[1]?.tokens).toHaveProperty('bean')
  })

  it('writes weights in full 32-bit precision, heaviest first, digits among the tokens too', async () => {
    const { out } = await home.run(['encode', '--json', 'flight 7 left in 1999 at gate 42'])
    // A parsed object would have put the numbers first.
    const entries = Array.from(
      out.matchAll(/("(?:[^"\\]|\\.)*"):([\d.e-]+)(?=[,}])/g),
      ([, token, weight]) => [JSON.parse(token!) as string, Number(weight)] as const,
    ).filter(([token]) => token !== 'activeTokens')
    const weights = entries.map(([, weight]) => weight)
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
    expect(weights.map(Math.fround)).toEqual(weights)
    expect(weights.filter((weight) => String(weight).length > 10).length).toBeGreaterThan(weights.length / 2)
    expect(entries.slice(1).some(([token]) => /^\d+$/.test(token))).toBe(true)
  })

  it('reads lines of standard input, of any line end, where no text is given', async () => {
    const result = await home.run(['encode', '--json', '--model', 'bm25'], { input: 'one\r\n\ntwo three' })
    const texts = result.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as EncodedText).text)
    expect(texts).toEqual(['one', 'two three'])
  })

  it('names the line of standard input that is not UTF-8, and encodes none', async () => {
    const input = Buffer.concat([Buffer.from('\ufeffone\n'), Buffer.from([0xb0, 0xa1, 0x0a])])
    expect(await home.run(['encode', '--model', 'bm25'], { input })).toMatchObject({
      code: 1,
      out: '',
      err: 'error: <stdin>:2: is not valid UTF-8; convert the text first\n',
    })
  })

  it('weighs a repeated term by BM25 as a document, and by its count as a query', async () => {
    const encode = async (...flags: string[]): Promise<EncodedText> =>
      onlyJson(
        await home.run(['encode', '--json', '--model', 'bm25', ...flags, 'coffee coffee']),
      ) as EncodedText
    const [plain, document, query] = await Promise.all([encode(), encode('--document'), encode('--query')])
    expect(plain).toEqual(document)
    expect(query.tokens).toEqual({ coffe: 2 })
    expect(Object.keys(document.tokens)).toEqual(['coffe'])
    expect(document.tokens.coffe).not.toBe(2)
  })

  it('shows the heaviest tokens only with --top, but counts all', async () => {
    const all = onlyJson(await home.run(['encode', '--json', 'a dog in the rain'])) as EncodedText
    const top = onlyJson(
      await home.run(['encode', '--json', '--top', '3', 'a dog in the rain']),
    ) as EncodedText
    expect(Object.entries(top.tokens)).toEqual(Object.entries(all.tokens).slice(0, 3))
    expect(top.activeTokens).toBe(all.activeTokens)
  })

  it('draws a table for people, and says how much it leaves out', async () => {
    const { out } = await home.run(['encode', '--top', '2', 'a dog in the rain', ''])
    expect(out).toMatch(
      /^a dog in the rain\n {2}\S+ +\d\.\d{3} {2}█+\n {2}\S+ +\d\.\d{3} {2}█+\n {2}… and \d+ lighter tokens\n/,
    )
    expect(out).toContain('(empty text)\n  no active tokens: this text can match nothing\n')
  })

  it('warns where the model does not know the language, and keeps standard output clean', async () => {
    const text = '대한민국의 수도는 어디인가요'
    const english = await home.run(['encode', '--json', '--model', 'splade-tiny-en', text])
    expect(english.err).toContain('warning: 1 of 1 texts fell apart into unknown tokens or single characters')
    expect(english.err).toContain('--model bm25')
    expect(onlyJson(english)).toMatchObject({ text })
    expect((await home.run(['encode', '--json', text])).err).toBe('')
  })

  it('warns of a text that is longer than the model reads', async () => {
    const cut = ['--model', 'splade-tiny-en', '--long-texts', 'truncate']
    const result = await home.run(['encode', '--json', ...cut, 'word '.repeat(600)])
    expect(result.err).toContain('warning: 1 of 1 texts were longer than splade-tiny-en reads')
  })
})
