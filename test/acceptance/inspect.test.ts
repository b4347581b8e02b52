import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../src/engine/client.js'
import { connect } from '../../src/engine/connect.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

interface Inspected {
  readonly sample: {
    readonly tokens: number
    readonly weak: { readonly ratio: number; readonly tokens: number; readonly postingShare: number }
    readonly common: { readonly share: number; readonly tokens: number }
  }
  readonly queries: {
    readonly searches: number
    readonly never?: {
      readonly tokens: number
      readonly top: readonly { readonly readable: string; readonly documentFrequency: number }[]
    }
  }
}

describe.each(NEWEST_ENGINES.slice(0, 1))('inspect on %s', (id) => {
  const home = useCliHome()
  const { url } = testEngine(id)
  const index = uniqueName('accept-inspect')
  const at = ['--url', url, '--index', index]
  const inspect = async (...args: string[]): Promise<Inspected> =>
    onlyJson(await home.run(['inspect', ...at, '--json', ...args])) as Inspected
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url })
    await home.run(['index', ...at, '--model', 'splade-tiny-en', join(EXAMPLES, 'en/corpus.jsonl')])
  })
  afterAll(async () => {
    await deleteIndices(client, index)
    await client.close()
  })

  it('names the commands that record searches while none is, and shows all the rest', async () => {
    const { code, out, err } = await home.run(['inspect', ...at, '--since', '30d'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('60 documents, 60 with vectors')
    expect(out).toMatch(/never queried: not known, as telemetry has no search of this index since \d{4}-/)
    expect(out).toContain('splade-bridge search --telemetry hashed')
    expect(out).toContain('splade-bridge proxy --telemetry hashed')
  })

  it('says that no token is shared where there is one document alone', async () => {
    const lone = uniqueName('accept-inspect-lone')
    await home.write('lone.jsonl', [{ _id: '1', text: 'a lone harbour' }])
    const there = ['--url', url, '--index', lone]
    await home.run(['index', ...there, '--model', 'bm25', 'lone.jsonl'])
    const { out } = await home.run(['inspect', ...there])
    await deleteIndices(client, lone)
    expect(out).toMatch(
      /\nin most documents\n {2}\S.*\n[^]*\nheaviest of those in several documents: none\n\n/,
    )
  })

  it('lists the tokens that no recorded search has asked for', async () => {
    const query = "my car won't start"
    const { out } = await home.run(['encode', '--model', 'splade-tiny-en', '--query', '--json', query])
    const asked = Object.keys((JSON.parse(out) as { tokens: Record<string, number> }).tokens)
    const before = await inspect('--top', '5000')
    expect(before.queries).toEqual({ searches: 0, cut: 0 })
    await home.run(['search', ...at, '--telemetry', 'hashed', query])
    await client.request({ method: 'POST', path: '/logs-splade.*/_refresh' })

    const { queries, sample } = await inspect('--top', '5000', '--since', '1h')
    expect(queries.searches).toBe(1)
    const never = queries.never?.top ?? []
    expect(never).toHaveLength(queries.never?.tokens ?? 0)
    // Pieces such as ##start read like words, which are asked for then.
    expect(never.map(({ readable }) => readable)).not.toEqual(expect.arrayContaining(['car']))
    expect(sample.tokens - never.length).toBeGreaterThan(1)
    expect(sample.tokens - never.length).toBeLessThanOrEqual(2 * asked.length)
    expect(Math.min(...never.map(({ documentFrequency }) => documentFrequency))).toBeGreaterThan(0)

    const text = await home.run(['inspect', ...at])
    expect(text.out).toMatch(/never queried by 1 recorded search since \d{4}-\d\d-\d\d: \d+ of \d+ tokens/)
  })

  it('finds as many weak tokens as pruning the documents by the same ratio leaves out', async () => {
    const pruned = uniqueName('accept-inspect-pruned')
    const ratio = '0.1'
    const { sample } = await inspect('--weak-ratio', ratio)
    expect(sample.weak.ratio).toBe(0.1)
    expect(sample.weak.tokens).toBeGreaterThan(0)
    const corpus = join(EXAMPLES, 'en/corpus.jsonl')
    const elsewhere = ['--url', url, '--index', pruned, '--model', 'splade-tiny-en']
    await home.run(['index', ...elsewhere, '--prune', `max_ratio=${ratio}`, corpus])
    const after = onlyJson(
      await home.run(['inspect', '--url', url, '--index', pruned, '--json']),
    ) as Inspected
    await deleteIndices(client, pruned)
    expect(after.sample.tokens).toBe(sample.tokens - sample.weak.tokens)
    expect(after.sample.weak.tokens).toBe(0)
  })

  it('takes its limits as numbers from 0 to 1, and a span of time', async () => {
    const { sample } = await inspect('--common-share', '0.5')
    expect(sample.common.share).toBe(0.5)
    expect(sample.common.tokens).toBeGreaterThan((await inspect()).sample.common.tokens)
    for (const [flag, value, rule] of [
      ['--weak-ratio', '2', 'from 0 to 1'],
      ['--since', 'yesterday', '90m, 12h, 30d, 2w'],
    ] as const) {
      const wrong = await home.run(['inspect', ...at, flag, value])
      expect(wrong.code).toBe(2)
      expect(wrong.err).toContain(rule)
    }
  })
})
