import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../src/engine/client.js'
import { connect } from '../../src/engine/connect.js'
import { member } from '../../src/engine/json.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { eventsOf } from '../telemetry-streams.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

describe.each(NEWEST_ENGINES)('telemetry of commands on %s', (id) => {
  const home = useCliHome()
  const { url } = testEngine(id)
  const index = uniqueName('accept-telemetry')
  const at = ['--url', url, '--index', index]
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url })
  })
  afterAll(async () => {
    await deleteIndices(client, index)
    await client.close()
  })

  it('says what a load did, a search found, and an evaluation measured', async () => {
    const corpus = `${EXAMPLES}/ko/corpus.jsonl`
    const model = ['--model', 'bm25']
    const loaded = await home.run(['index', ...at, ...model, '--telemetry', 'hashed', '--json', corpus])
    expect(onlyJson(loaded)).toMatchObject({ indexed: 60 })
    expect(await eventsOf(client, 'ingest', index)).toMatchObject([
      { event: { action: 'load-finished' }, splade: { ingest: { read: 60, indexed: 60, encoded: 60 } } },
    ])

    const env = { SPLADE_BRIDGE_TELEMETRY: 'text' }
    const found = await home.run(['search', ...at, '--json', '심근경색 증상'], { env })
    const { hits } = onlyJson(found) as { readonly hits: readonly { readonly score: number }[] }
    const [query] = await eventsOf(client, 'query', index)
    expect(query).toMatchObject({
      service: { name: 'splade-bridge' },
      splade: { model: 'bm25', query: { text: '심근경색 증상', hits: hits.length, zero_result: false } },
    })
    const tokens = await eventsOf(client, 'token', index)
    const given = tokens.map((token) => Number(member(token, 'splade', 'token', 'contribution')))
    expect(given.reduce((sum, part) => sum + part, 0)).toBeCloseTo(hits[0]!.score, 3)

    const judged = await home.run([
      'eval',
      ...at,
      ...model,
      '--telemetry',
      'hashed',
      '--dataset',
      `${EXAMPLES}/ko`,
      '--json',
    ])
    const report = onlyJson(judged) as Readonly<Record<string, number>>
    const [quality] = await eventsOf(client, 'quality', index)
    expect(member(quality, 'splade', 'quality')).toMatchObject({ dataset: 'ko', method: 'bm25' })
    expect(member(quality, 'splade', 'quality', 'ndcg_10')).toBe(report['ndcg@10'])
  })

  it('writes nothing without being asked to, and refuses a mode that there is not', async () => {
    const before = (await eventsOf(client, 'query', index)).length
    expect(await home.run(['search', ...at, '--json', '심근경색'])).toMatchObject({ code: 0, err: '' })
    expect(await eventsOf(client, 'query', index)).toHaveLength(before)
    const wrong = await home.run(['search', ...at, '--telemetry', 'loud', '심근경색'])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toContain('telemetry must be one of off, hashed, text, received "loud"')
  })
})
