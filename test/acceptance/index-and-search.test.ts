import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { defaultFieldType, ENGINES, NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'
import { countDocuments } from './engine-documents.js'

interface Hit {
  readonly id: string
  readonly score: number
  readonly source: Readonly<Record<string, string>>
  readonly tokens: readonly {
    readonly token: string
    readonly queryWeight: number
    readonly documentWeight: number
    readonly contribution: number
    readonly spans: readonly (readonly [number, number])[]
  }[]
}

interface SearchOutput {
  readonly tookMs: number
  readonly hits: readonly Hit[]
}

const ENGLISH = join(EXAMPLES, 'en/corpus.jsonl')
const KOREAN = join(EXAMPLES, 'ko/corpus.jsonl')
const DOCUMENTS = 60
const TOKEN_KEYS = [
  'token',
  'readable',
  'feature',
  'expansion',
  'queryWeight',
  'documentWeight',
  'contribution',
  'share',
  'spans',
]
/** What people read does not depend on the engine. */
const [ENGINE = 'opensearch-3'] = ENGINES
const NO_CHANGE = {
  deadLettered: 0,
  skipped: 0,
  chunked: 0,
  chunks: 0,
  truncated: 0,
  elapsedMs: expect.any(Number),
}

describe.each(NEWEST_ENGINES)('index and search on %s', (id) => {
  const { url } = testEngine(id)
  const home = useCliHome()
  const english = uniqueName('accept-en')
  const korean = uniqueName('accept-ko')
  const both = uniqueName('accept-both')
  const at = (index: string): readonly string[] => ['--url', url, '--index', index]

  beforeAll(async () => {
    const first = await home.run(['index', ...at(english), '--model', 'splade-tiny-en', '--json', ENGLISH])
    expect(onlyJson(first)).toEqual({ read: DOCUMENTS, indexed: DOCUMENTS, unchanged: 0, ...NO_CHANGE })
    await home.run(['index', ...at(korean), '--model', 'bm25', KOREAN])
    await home.run(['index', ...at(both), ENGLISH, KOREAN])
  })

  it('has every document in the engine, and encodes none of them again', async () => {
    expect(await countDocuments(url, english)).toBe(DOCUMENTS)
    const again = await home.run(['index', ...at(english), '--json', ENGLISH])
    expect(onlyJson(again)).toEqual({ read: DOCUMENTS, indexed: 0, unchanged: DOCUMENTS, ...NO_CHANGE })
    expect(again.code).toBe(0)
  })

  it('writes them again with --force, and tells people what it did', async () => {
    const { code, out, err } = await home.run(['index', ...at(korean), '--force', KOREAN])
    expect(code).toBe(0)
    expect(out).toMatch(/^60 documents read: 60 indexed, 0 unchanged, 0 refused, 0 skipped, in \d+\.\d s\n$/)
    expect(err).toContain(`using index ${korean}, model bm25`)
  })

  describe.each([
    ['splade-tiny-en', english, 'heart attack symptoms', 'en-002'],
    ['bm25', korean, '훈민정음을 만든 임금은 누구인가', 'ko-003'],
    ['the default model, both languages in one index', both, '자동차가 시동이 안 걸려요', 'ko-006'],
  ])('with %s', (_, index, query, best) => {
    let answer: SearchOutput

    beforeAll(async () => {
      answer = onlyJson(await home.run(['search', ...at(index), '--json', query])) as SearchOutput
    })

    it('answers in the documented shape, and finds what was asked', () => {
      expect(Object.keys(answer)).toEqual(['tookMs', 'hits'])
      expect(answer.hits[0]?.id).toBe(best)
      for (const hit of answer.hits) {
        expect(Object.keys(hit)).toEqual(['id', 'score', 'source', 'tokens', 'missed', 'highlights'])
        expect(Object.keys(hit.source).sort()).toEqual(['lang', 'text', 'title', 'topic'])
        for (const token of hit.tokens) expect(Object.keys(token)).toEqual(TOKEN_KEYS)
      }
    })

    it('explains each score as the sum of what its tokens gave, best hit first', () => {
      for (const { score, tokens } of answer.hits) {
        const sum = tokens.reduce((total, { contribution }) => total + contribution, 0)
        expect(Math.abs(sum - score)).toBeLessThan(1e-5 * score)
        for (const { queryWeight, documentWeight, contribution } of tokens)
          expect(Math.abs(queryWeight * documentWeight - contribution)).toBeLessThan(1e-5 * contribution)
      }
      const scores = answer.hits.map(({ score }) => score)
      expect(scores).toEqual([...scores].sort((a, b) => b - a))
    })

    it('points at the tokens in title and text', () => {
      const pointed = answer.hits.flatMap(({ source, tokens }) =>
        tokens.flatMap(({ token, spans }) =>
          spans.map(([start, end]) => [token, `${source.title} ${source.text}`.slice(start, end)]),
        ),
      )
      expect(pointed.length).toBeGreaterThan(2)
      for (const [token = '', text] of pointed)
        // The default model's English terms are stems: they stand where their word begins.
        expect(text?.toLowerCase().slice(0, token.replace(/^##/, '').length)).toBe(token.replace(/^##/, ''))
    })
  })
})

describe('search for people', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const english = uniqueName('accept-en')
  const korean = uniqueName('accept-ko')
  const at = (index: string): readonly string[] => ['--url', url, '--index', index]

  beforeAll(async () => {
    const indexed = await Promise.all([
      home.run(['index', ...at(english), ENGLISH]),
      home.run(['index', ...at(korean), '--model', 'bm25', KOREAN]),
    ])
    expect(indexed.map(({ code }) => code)).toEqual([0, 0])
  })

  it('prints hits for people: rank, score, title, how each token counts, and where it stands', async () => {
    const { out, err } = await home.run(['search', ...at(korean), '--size', '1', '팔만대장경 보관'])
    expect(err).toBe('')
    expect(out).toMatch(/^ 1\. \d+\.\d{4} {2}팔만대장경 {2}ko-011\n/)
    expect(out).toMatch(/\n {4}보관 +\d+\.\d\d × \d+\.\d\d = \d+\.\d\d +\d+ %\n/)
    expect(out).toContain('[보관]')
    expect(out).toMatch(/\n1 hit in \d+ ms, \d+ query tokens\n$/)
  })

  it('lists five tokens of a hit, all of them with --explain, and then those that it lacks', async () => {
    const run = async (...args: string[]) => {
      const { out } = await home.run(['search', ...at(english), '--size', '2', ...args, "my car won't start"])
      const hits = out.split(/\n 2\. /).map((hit) => {
        const lines = hit.split('\n')
        const lacking = lines.filter((line) => line.startsWith('    lacks '))
        return {
          has: lines.filter((line) => line.includes(' × ')).length,
          lacks: lacking.flatMap((line) => line.split(', ')).length,
        }
      })
      return { hits, asked: Number(/(\d+) query tokens/.exec(out)?.[1]) }
    }
    const [short, whole] = await Promise.all([run(), run('--explain')])
    expect(short.hits[0]).toEqual({ has: 5, lacks: 0 })
    expect(whole.hits[0]!.has).toBeGreaterThan(5)
    expect(whole.hits.map(({ has, lacks }) => has + lacks)).toEqual([whole.asked, whole.asked])
    expect(whole.hits[1]!.lacks).toBeGreaterThan(0)
  })

  it('says plainly that nothing matches, and why', async () => {
    const unknown = await home.run(['search', ...at(korean), 'xylophone'])
    expect(unknown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^No match: the only token .*xylophone/),
    })
    const empty = await home.run(['search', ...at(korean), '?!'])
    expect(empty.out).toContain('has no token that the model knows')
    const high = await home.run(['search', ...at(korean), '--min-score', '1000', '김치'])
    expect(high.out).toBe(`No match: no document of index ${korean} scores 1000 or more.\n`)
    const json = await home.run(['search', ...at(korean), '--json', 'xylophone'])
    expect(onlyJson(json)).toEqual({ tookMs: expect.any(Number), hits: [] })
  })

  it('keeps fewer query tokens with --prune, and says how many it left out', async () => {
    const query = 'octopus with three hearts'
    const { out } = await home.run(['search', ...at(english), '--size', '1', '--prune', 'top_k=1', query])
    expect(out).toMatch(/\n1 hit in \d+ ms, 1 query token \(\d+ lighter left out\)\n$/)
  })

  it('refuses another model than the one that wrote the index, with the way out', async () => {
    for (const command of [['search'], ['index']]) {
      const target = command[0] === 'index' ? ENGLISH : 'query'
      const { code, out, err } = await home.run([
        ...command,
        ...at(korean),
        '--model',
        'splade-tiny-en',
        target,
      ])
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain('was written by model bm25')
      expect(err).toContain('use it with --model bm25')
    }
    expect(await countDocuments(url, korean)).toBe(DOCUMENTS)
  })

  it('creates an index once with init, and leaves one of another model alone', async () => {
    const index = uniqueName('accept-init')
    const init = async (...args: string[]): Promise<unknown> =>
      onlyJson(await home.run(['init', ...at(index), '--json', ...args]))
    const created = await init('--model', 'bm25', '--average-length', '50')
    expect(created).toEqual({
      index,
      created: true,
      model: 'bm25',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      field: 'splade',
      fieldType: defaultFieldType(ENGINE),
    })
    expect(await init('--model', 'bm25', '--average-length', '50')).toEqual({
      ...Object(created),
      created: false,
    })
    expect(await init()).toEqual({ ...Object(created), created: false })
    const other = await home.run(['init', ...at(index), '--model', 'splade-tiny-en'])
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('was written by model bm25') })
    const length = await home.run(['init', ...at(index), '--average-length', '60'])
    expect(length).toMatchObject({ code: 2, err: expect.stringContaining('--average-length must be 50') })
  })

  it.each([['search', 'query'], ['ui']])(
    'names the missing index, and how to get it: %s',
    async (...command) => {
      const { code, err } = await home.run([...command, ...at(uniqueName('accept-none'))])
      expect(code).toBe(1)
      expect(err).toMatch(/^error: there is no index "accept-none-\w+"; "splade-bridge index FILE" creates/)
    },
  )
})
