import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

interface Explanation {
  readonly score: number
  readonly sum: number
  readonly tokens: readonly { readonly token: string; readonly contribution: number }[]
  readonly words?: readonly { readonly word: string; readonly contribution: number }[]
  readonly missed: readonly { readonly token: string; readonly queryWeight: number }[]
  readonly missedWords?: readonly { readonly word: string; readonly tokens: readonly object[] }[]
}

const QUERY = '김치를 오래 아삭하게 두려면'

describe.each(NEWEST_ENGINES.slice(0, 1))('explain on %s', (id) => {
  const home = useCliHome()
  const index = uniqueName('accept-explain')
  const at = ['--url', testEngine(id).url, '--index', index]
  const json = async (...args: string[]): Promise<Explanation> =>
    onlyJson(await home.run(['explain', ...at, '--json', ...args])) as Explanation

  beforeAll(async () => {
    await home.run(['index', ...at, '--model', 'bm25', join(EXAMPLES, 'ko/corpus.jsonl')])
  })

  it('adds up to the score of the engine, token by token and word by word', async () => {
    const { score, sum, tokens, words, missed } = await json('--words', QUERY, 'ko-001')
    expect(score).toBeGreaterThan(0)
    expect(sum).toBeCloseTo(score, 4)
    expect(words?.reduce((total, { contribution }) => total + contribution, 0)).toBeCloseTo(sum, 6)
    expect(words?.[0]?.word).toMatch(/김치|아삭/)
    const asked = tokens.length + missed.length
    const other = await json(QUERY, 'ko-011')
    expect(other.tokens.length + other.missed.length).toBe(asked)
    expect(other.missedWords).toBeUndefined()
  })

  it('names what a document lacks by the words of the query, where asked to', async () => {
    const { missed, missedWords = [] } = await json('--words', QUERY, 'ko-011')
    expect(missedWords.map(({ word }) => word).sort()).toEqual(['김치를', '두려면', '아삭하게', '오래'])
    expect(missedWords.flatMap(({ tokens }) => tokens)).toHaveLength(missed.length)
    const { out } = await home.run(['explain', ...at, '--words', QUERY, 'ko-011'])
    expect(out).toMatch(/not in the document: (?=.*아삭하게 \d)(?=.*김치를 \d)/)
  })

  it('names a document by its headline where that is what it has, as search does', async () => {
    const news = uniqueName('accept-explain-news')
    const there = ['--url', testEngine(id).url, '--index', news]
    await home.write('news.jsonl', [{ _id: '1', headline: 'Ships of the year', body: 'A harbour by night.' }])
    await home.run(['index', ...there, '--model', 'bm25', '--text', 'headline^2,body', 'news.jsonl'])
    expect((await home.run(['explain', ...there, 'harbour', '1'])).out).toMatch(/^Ships of the year {2}1 of /)
    expect((await home.run(['search', ...there, 'harbour'])).out).toMatch(/ Ships of the year {2}1\n/)
  })

  it('shows what stands in a document, and lets it command no terminal', async () => {
    const hostile = uniqueName('accept-explain-hostile')
    const there = ['--url', testEngine(id).url, '--index', hostile]
    const title = 'Harbour \u001b]0;owned\u0007\u001b[2J\u009b1A night'
    await home.write('hostile.jsonl', [
      { _id: '1', title, text: 'A harbour.' },
      { _id: '2', title: '', text: '' },
    ])
    await home.run(['index', ...there, '--model', 'bm25', 'hostile.jsonl'])
    const shown = 'Harbour \\u001b]0;owned\\u0007\\u001b[2J\\u009b1A night'
    for (const colours of [{}, { FORCE_COLOR: '1' }]) {
      const explained = await home.run(['explain', ...there, 'harbour', '1'], { env: colours })
      const searched = await home.run(['search', ...there, 'harbour'], { env: colours })
      expect([explained.out, searched.out]).toEqual([
        expect.stringContaining(shown),
        expect.stringContaining(shown),
      ])
      for (const command of ['\u0007', '\u009b', '\u001b[2J'])
        expect(explained.out + searched.out).not.toContain(command)
    }
    const found = onlyJson(await home.run(['search', ...there, '--json', 'harbour']))
    expect(found).toMatchObject({ hits: [{ source: { title } }] })
    const bare = await home.run(['explain', ...there, 'harbour', '2'])
    expect(bare.out).toMatch(/^\(no title\) {2}2 of .*\nNo match: .*\n {2}not in the document: .*\n$/)
  })

  it('says plainly that nothing matches, and that there is no such document', async () => {
    const none = await home.run(['explain', ...at, 'penguins', 'ko-001'])
    expect(none.code).toBe(0)
    expect(none.out).toContain('No match: the document has no token of "penguins".')
    const empty = await home.run(['explain', ...at, ' ', 'ko-001'])
    expect(empty.out).toContain('No match: " " has no token that the model knows, so nothing can match.')
    expect(empty.out).not.toContain('the document has no token')
    const absent = await home.run(['explain', ...at, QUERY, 'nowhere'])
    expect(absent).toMatchObject({ code: 1, out: '' })
    expect(absent.err).toContain(`there is no document "nowhere" in index "${index}"`)
  })
})
