import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

interface Row {
  readonly _id: string
  readonly title?: string
  readonly text: string
  readonly lang: string
  readonly quickstart?: boolean
}

const lines = (path: string): readonly string[] => {
  const content = readFileSync(new URL(`../../../examples/${path}`, import.meta.url), 'utf8')
  expect(content.endsWith('\n')).toBe(true)
  return content.slice(0, -1).split('\n')
}

const rows = (path: string): readonly Row[] => lines(path).map((line) => JSON.parse(line) as Row)

const ids = (of: readonly Row[]): ReadonlySet<string> => new Set(of.map((row) => row._id))

describe.each(['en', 'ko'])('examples/%s', (lang) => {
  const corpus = rows(`${lang}/corpus.jsonl`)
  const queries = rows(`${lang}/queries.jsonl`)
  const [header, ...judgements] = lines(`${lang}/qrels/test.tsv`).map((line) => line.split('\t'))

  it('holds 60 documents with distinct ids and titles, all in its language', () => {
    expect(ids(corpus).size).toBe(60)
    expect(new Set(corpus.map((row) => row.title)).size).toBe(60)
    expect(new Set([...corpus, ...queries].map((row) => row.lang))).toEqual(new Set([lang]))
  })

  it('gives each document two to four sentences', () => {
    const sentences = corpus.map((row) => row.text.split(/(?<=[.?!]) /).length)
    expect(Math.min(...sentences)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...sentences)).toBeLessThanOrEqual(4)
  })

  it('judges every query, and only documents that exist, with 1 or 2', () => {
    expect(header).toEqual(['query-id', 'corpus-id', 'score'])
    expect(new Set(judgements.map(([query]) => query))).toEqual(ids(queries))
    expect(judgements.filter(([, document = '']) => !ids(corpus).has(document))).toEqual([])
    expect(new Set(judgements.map(([, , grade]) => grade))).toEqual(new Set(['1', '2']))
  })
})

describe('examples/quickstart.jsonl', () => {
  it('lists the marked queries of both languages, then the one that matches nothing', () => {
    const marked = ['en', 'ko'].flatMap((lang) =>
      rows(`${lang}/queries.jsonl`).filter((row) => row.quickstart),
    )
    const expected = marked.map(({ _id, text, lang }) => ({ _id, text, lang }))
    const quickstart = rows('quickstart.jsonl')
    expect(quickstart.slice(0, -1)).toEqual(expected)
    expect(quickstart).toHaveLength(5)
    expect(quickstart.at(-1)?.lang).toBe('zxx')
  })
})

describe('examples/demonstration', () => {
  it('holds five Korean documents and three queries, each with an id', () => {
    const corpus = rows('demonstration/corpus.jsonl')
    const queries = rows('demonstration/queries.jsonl')
    expect([ids(corpus).size, ids(queries).size]).toEqual([5, 3])
    expect(corpus.every((row) => /\p{Script=Hangul}/u.test(row.text) && row.title !== undefined)).toBe(true)
  })
})
