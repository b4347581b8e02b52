import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { ModelComparison } from '../../src/evaluate/compare-models.js'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

type Printed = ModelComparison & { readonly a: string; readonly b: string }

const [ENGINE = 'opensearch-3'] = ENGINES

describe('splade-bridge compare', () => {
  const home = useCliHome()
  const json = async (...args: string[]): Promise<Printed> => {
    const result = await home.run(['compare', '--json', ...args])
    if (result.code !== 0) throw new Error(result.err)
    return onlyJson(result) as Printed
  }

  it('says what a model changes on the examples, without an engine', async () => {
    const compared = await json('bm25', 'ko-en-mini', '--url', 'http://127.0.0.1:1', '--top', '30')
    const { ndcg, corpus, changed, meanOverlap } = compared
    expect(compared).toMatchObject({ a: 'bm25', b: 'ko-en-mini', queries: 27 })
    expect(ndcg!.better + ndcg!.worse + ndcg!.equal).toBe(27)
    expect(ndcg!.b - ndcg!.a).toBeGreaterThan(0.05)
    expect(ndcg!.p).toBeLessThan(0.05)
    expect(meanOverlap).toBeGreaterThan(0.1)
    expect(meanOverlap).toBeLessThan(0.9)
    expect(corpus!.documents).toBe(60)
    expect(corpus!.activeTokens.b).toBeGreaterThan(corpus!.activeTokens.a)
    expect(corpus!.more[0]).not.toHaveProperty('a')
    expect(changed).toHaveLength(27)
    const changes = changed.map((query) => Math.abs(query.ndcg!.b - query.ndcg!.a))
    expect(changes).toEqual([...changes].sort((x, y) => y - x))
    for (const { won, lost } of changed) {
      for (const { rankA = Infinity, rankB = Infinity } of won) expect(rankA > 10 && rankB <= 10).toBe(true)
      for (const { rankA = Infinity, rankB = Infinity } of lost) expect(rankB > 10 && rankA <= 10).toBe(true)
    }
  })

  it('changes nothing from a model to itself', async () => {
    const compared = await json('bm25', 'bm25', '--dataset', join(EXAMPLES, 'en'))
    expect(compared).toMatchObject({ queries: 29, meanOverlap: 1, ndcg: { equal: 29, p: 1 } })
    expect(compared).toMatchObject({ unchanged: 27, foundNothing: 2 })
    expect(compared.corpus).toMatchObject({ more: [], fewer: [] })
  })

  it('measures BM25 as eval does', async () => {
    const url = testEngine(ENGINE).url
    const at = ['--url', url, '--index', uniqueName('accept-compare-eval'), '--model', 'bm25']
    const evaluated = await home.run(['eval', ...at, '--dataset', join(EXAMPLES, 'ko'), '--json'])
    const { ndcg } = await json('bm25', 'bm25', '--dataset', join(EXAMPLES, 'ko'))
    expect(ndcg!.a).toBeCloseTo((onlyJson(evaluated) as Record<string, number>)['ndcg@10']!, 3)
  })

  it('shows ranks and tokens of a query of one’s own in a table', async () => {
    const { code, out, err } = await home.run(['compare', 'bm25', 'ko-en-mini', '자동차가 시동이 안 걸려요'])
    expect(code).toBe(0)
    // A line every few seconds: none on a quick machine.
    expect(err).toMatch(/^(encoding with both models: \d+ documents, \d+\/s\n)*$/)
    expect(out).toContain('bm25 → ko-en-mini: 1 query')
    expect(out).not.toContain('ndcg')
    expect(out).toMatch(/1\. 자동차가 시동이 안 걸려요 {2}1\n {4}overlap@10 \d+ %/)
    expect(out).toMatch(/query new +.*\bcar \d/)
    expect(out).toMatch(/won +.*ko-\d{3} –→\d/)
  })

  describe('between two indices', () => {
    const at = ['--url', testEngine(ENGINE).url]
    const [first, second] = [uniqueName('accept-compare-a'), uniqueName('accept-compare-b')]
    const indices = ['--index-a', first, '--index-b', second]
    beforeAll(async () => {
      const corpus = join(EXAMPLES, 'ko/corpus.jsonl')
      await home.run(['index', ...at, '--index', first, '--model', 'bm25', corpus])
      const target = ['--into', second, '--no-switch']
      await home.run(['reindex', ...at, '--index', first, '--model', 'ko-en-mini', ...target])
    })

    it('gives the figures of the exact scorer, through the engine', async () => {
      const dataset = join(EXAMPLES, 'ko')
      const engine = await json('bm25', 'ko-en-mini', ...at, ...indices, '--dataset', dataset)
      const exact = await json('bm25', 'ko-en-mini', '--dataset', dataset)
      expect(engine).toMatchObject({ a: `${first} (bm25)`, b: `${second} (ko-en-mini)`, queries: 27 })
      expect(engine.ndcg!.a).toBeCloseTo(exact.ndcg!.a, 3)
      expect(engine.ndcg!.b).toBeCloseTo(exact.ndcg!.b, 3)
      expect(Math.abs(engine.meanOverlap! - exact.meanOverlap!)).toBeLessThan(0.03)
      expect(engine).not.toHaveProperty('corpus')
    })

    it('refuses a model that did not write its index', async () => {
      const result = await home.run(['compare', 'bm25', 'bm25', ...at, ...indices, 'anything'])
      expect(result).toMatchObject({ code: 1, out: '' })
      expect(result.err).toContain('was written by model ko-en-mini')
    })
  })

  it.each([
    [['--index-a', 'x', 'query'], 2, '--index-a and --index-b go together'],
    [['--index-a', 'x', '--index-b', 'y'], 2, '--index-a and --index-b need queries'],
    [['heart attack', ' '], 2, 'a query is empty'],
    [['--split', 'test', 'query'], 2, '--split names judgements'],
    [['--dataset', 'nowhere'], 1, 'nowhere'],
  ])('refuses %j', async (args, code, message) => {
    const result = await home.run(['compare', 'bm25', 'bm25', ...args])
    expect(result).toMatchObject({ code, out: '' })
    expect(result.err).toContain(message)
  })
})
