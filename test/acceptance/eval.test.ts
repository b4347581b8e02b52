import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { connect } from '../../src/engine/connect.js'
import { member } from '../../src/engine/json.js'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { eventsOf } from '../telemetry-streams.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

type Figures = Readonly<Record<string, number>>

const FIGURES = ['ndcg@1', 'ndcg@3', 'ndcg@5', 'ndcg@10', 'recall@100', 'mrr@10']
const [ENGINE = 'opensearch-3'] = ENGINES

describe('splade-bridge eval', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()

  it.each([
    ['en', 'splade-tiny-en', 29, 0.85],
    ['ko', 'bm25', 27, 0.75],
    ['ko', 'ko-en-mini', 27, 0.85],
  ])(
    'measures examples/%s with %s through the engine, equal to exact scores',
    async (lang, model, queries, floor) => {
      const at = ['--url', url, '--index', uniqueName(`accept-eval-${lang}-${model}`), '--model', model]
      const result = await home.run(['eval', ...at, '--dataset', join(EXAMPLES, lang), '--exact', '--json'])
      const { exact, ...engine } = onlyJson(result) as Figures & { readonly exact: Figures }
      expect(result.code).toBe(0)
      expect(Object.keys(engine)).toEqual(['queries', ...FIGURES])
      expect(Object.keys(exact)).toEqual(['queries', ...FIGURES])
      expect([engine.queries, exact.queries]).toEqual([queries, queries])
      for (const name of FIGURES) expect(Math.abs(engine[name]! - exact[name]!)).toBeLessThanOrEqual(0.002)
      expect(engine['ndcg@10']).toBeGreaterThan(floor)
    },
  )

  it('names its index after folder and model, and prints a table for people', async () => {
    const corpus = [
      { _id: 'a', title: '', text: 'coffee beans' },
      { _id: 'b', title: '', text: 'green tea' },
    ]
    await home.write('corpus.jsonl', corpus)
    await home.write('queries.jsonl', [{ _id: 'q', text: 'coffee' }])
    await mkdir(join(home.path, 'qrels'))
    await writeFile(join(home.path, 'qrels/test.tsv'), 'query-id\tcorpus-id\tscore\nq\ta\t1\n')
    const { code, out, err } = await home.run(['eval', '--url', url, '--model', 'bm25', '--dataset', '.'])
    expect(code).toBe(0)
    expect(err).toContain('index eval-work-bm25: 2 documents, 2 indexed, 0 unchanged')
    expect(out).toBe(
      'queries          1\nndcg@1      1.0000\nndcg@3      1.0000\nndcg@5      1.0000\nndcg@10     1.0000\n' +
        'recall@100  1.0000\nmrr@10      1.0000\n',
    )
    // Without the document that is gone from the corpus, and still in the index.
    await home.write('corpus.jsonl', corpus.slice(0, 1))
    const stale = await home.run(['eval', '--url', url, '--model', 'bm25', '--dataset', '.'])
    expect(stale).toMatchObject({ code: 2, out: '' })
    expect(stale.err).toContain(
      'index eval-work-bm25 holds 2 documents, and the corpus 1: the others are ranked as well; delete it with "splade-bridge delete --index eval-work-bm25 --all"',
    )
    const named = await home.run([
      ...['eval', '--url', url, '--model', 'bm25', '--dataset', '.', '--index', 'eval-work-bm25'],
    ])
    expect(named).toMatchObject({
      code: 0,
      err: expect.stringContaining('warning: index eval-work-bm25 holds 2'),
    })
  })

  it("measures the engine's own BM25 and both fused beside it, and records each", async () => {
    const index = uniqueName('accept-eval-hybrid')
    const at = ['--url', url, '--index', index, '--model', 'ko-en-mini', '--dataset', join(EXAMPLES, 'ko')]
    const json = await home.run(['eval', ...at, '--hybrid', '--telemetry', 'hashed', '--json'])
    const { text, hybrid, ...sparse } = onlyJson(json) as Figures &
      Readonly<Record<'text' | 'hybrid', Figures>>
    for (const figures of [sparse, text, hybrid])
      expect(Object.keys(figures)).toEqual(['queries', ...FIGURES])
    // The examples ask in other words than the documents have: the fused list finds what either finds.
    expect(text['ndcg@10']).toBeLessThan(sparse['ndcg@10']!)
    expect(hybrid['recall@100']).toBeGreaterThanOrEqual(Math.max(text['recall@100']!, sparse['recall@100']!))
    const table = await home.run(['eval', ...at, '--hybrid'])
    expect(table.out.split('\n')[0]!.trim().split(/ +/)).toEqual(['sparse', 'text', 'hybrid'])
    expect(await recordedMethods(index)).toEqual([
      ['engine', 'bm25', text['ndcg@10']],
      ['ko-en-mini', 'hybrid', hybrid['ndcg@10']],
      ['ko-en-mini', 'sparse', sparse['ndcg@10']],
    ])
  })

  /** Model, method and NDCG@10 of the evaluations of an index that telemetry holds, by method. */
  async function recordedMethods(index: string): Promise<readonly unknown[][]> {
    const client = await connect({ url })
    const events = await eventsOf(client, 'quality', index)
    await client.close()
    return events
      .map((event) => member(event, 'splade'))
      .map((event) => [
        member(event, 'model'),
        member(event, 'quality', 'method'),
        member(event, 'quality', 'ndcg_10'),
      ])
      .sort(([, a], [, b]) => String(a).localeCompare(String(b)))
  }

  it('says which part of a folder is missing', async () => {
    const result = await home.run(['eval', '--url', url, '--dataset', 'nowhere'])
    expect(result).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nowhere') })
  })
})
