import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../src/engine/client.js'
import { connect } from '../../src/engine/connect.js'
import { defaultFieldType, NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { eventsOf } from '../telemetry-streams.js'
import { onlyJson, useCliHome } from './cli-process.js'
import { countDocuments } from './engine-documents.js'

const ARTICLES = [
  { headline: 'Cars that do not start', body: 'Often the battery is flat.' },
  { headline: 'Chocolate and dogs', body: 'A poison for canines.' },
  { headline: 'Marathon', body: 'A run of 42 kilometres.' },
]

describe.each(NEWEST_ENGINES)('enrich and reindex on %s', (id) => {
  const { url } = testEngine(id)
  const home = useCliHome()
  const alias = uniqueName('accept-enrich')
  const index = `${alias}-v1`
  const at = ['--url', url, '--index', alias]
  const put = (path: string, method: string, body: string) =>
    fetch(`${url}/${path}`, { method, body, headers: { 'content-type': 'application/json' } })
  const idsOf = async (query: string): Promise<readonly string[]> => {
    const found = onlyJson(await home.run(['search', ...at, '--json', query])) as { hits: { id: string }[] }
    return found.hits.map((hit) => hit.id)
  }

  let client: EngineClient

  beforeAll(async () => {
    client = await connect({ url })
    const text = { type: 'text' }
    const mappings = { properties: { headline: text, body: text } }
    await put(index, 'PUT', JSON.stringify({ mappings, aliases: { [alias]: {} } }))
    const lines = ARTICLES.map(
      (article, number) => `{"index":{"_id":"a${number}"}}\n${JSON.stringify(article)}\n`,
    )
    await put(`${index}/_bulk?refresh=true`, 'POST', lines.join(''))
  })

  afterAll(async () => {
    await client.close()
  })

  it('says what it would do, does it, and finds nothing more to do', async () => {
    const flags = [...at, '--model', 'bm25', '--text', 'headline,body', '--json']
    expect(onlyJson(await home.run(['enrich', ...flags, '--dry-run']))).toMatchObject({
      documents: ARTICLES.length,
      dryRun: true,
      indices: [{ index, addition: { properties: { splade: { type: defaultFieldType(id) } } } }],
    })
    const watched = ['--telemetry', 'hashed', '--report', 'enrich.html']
    expect(onlyJson(await home.run(['enrich', ...flags, ...watched]))).toMatchObject({
      enriched: ARTICLES.length,
    })
    expect(await idsOf('flat battery')).toEqual(['a0'])
    const again = await home.run(['enrich', ...at])
    expect(again).toMatchObject({ code: 0, err: '' })
    expect(again.out).toMatch(/^3 documents of .* read: 0 enriched, 3 unchanged, 0 without text/)
  })

  it('has told of the run in telemetry and in a report as a load does', async () => {
    const counts = { read: 3, indexed: 3, dead_lettered: 0, encoded: 3, truncated: 0 }
    expect(await eventsOf(client, 'ingest', alias)).toMatchObject([
      {
        event: { action: 'load-finished', outcome: 'success' },
        splade: { model: 'bm25', ingest: { command: 'enrich', ...counts, tokens: { max: 5 } } },
      },
    ])
    const html = await readFile(join(home.path, 'enrich.html'), 'utf8')
    expect(html).toContain(`<h1>Enrichment of index ${alias}</h1>`)
    expect(html).toContain('<th scope="row">enriched</th><td>3</td>')
    expect(html.match(/<svg /g)).toHaveLength(3)
  })

  it('says where refused documents are told of; such a letter is not indexed over its document', async () => {
    const setDynamic = (dynamic: false | 'strict') =>
      put(`${index}/_mapping`, 'PUT', JSON.stringify({ dynamic }))
    await setDynamic(false)
    await put(`${index}/_doc/odd?refresh=true`, 'PUT', '{"headline":"odd","unmapped":1}')
    await setDynamic('strict')
    const refused = await home.run(['enrich', ...at])
    expect(refused.code).toBe(1)
    expect(refused.out).toContain('refused documents are in dead-letters.enrich.ndjson; mend the cause')
    const replayed = await home.run(['index', ...at, '--from-dead-letters', 'dead-letters.enrich.ndjson'])
    expect(replayed.code).toBe(1)
    expect(replayed.err).toContain(`run "splade-bridge enrich --index ${index}"`)
    await put(`${index}/_doc/odd?refresh=true`, 'DELETE', '')
  })

  it('gives the texts another model behind the same alias, or says what the engine lacks', async () => {
    const watched = ['--telemetry', 'hashed', '--report', 'reindex.html']
    const flags = ['--model', 'splade-tiny-en', '--into', `${alias}-v2`, ...watched]
    const { code, out, err } = await home.run(['reindex', ...at, ...flags])
    if (defaultFieldType(id) === 'sparse_vector') {
      expect(code).toBe(1)
      expect(err).toContain('its module "reindex" is missing')
      return
    }
    expect(code).toBe(0)
    expect(out).toContain(`${alias}-v2 has all 3 documents of ${index}, 3 with vectors`)
    expect(out).toContain('verified: 3 of 3 documents are found by their own text')
    expect(out).toContain(`${alias} now leads to ${alias}-v2`)
    expect((await idsOf('a dog ate sweets'))[0]).toBe('a1')
    expect(await countDocuments(url, index)).toBe(ARTICLES.length)
    expect(await eventsOf(client, 'ingest', `${alias}-v2`)).toMatchObject([
      { splade: { ingest: { command: 'reindex', read: 3, indexed: 3, encoded: 3 } } },
    ])
    const html = await readFile(join(home.path, 'reindex.html'), 'utf8')
    expect(html).toContain('<th scope="row">found by their own text</th><td>3 of 3</td>')
  })

  it('refuses flags that contradict each other, and a new index without a new model', async () => {
    const contradiction = await home.run(['enrich', ...at, '--into', 'x', '--watch'])
    expect(contradiction).toMatchObject({ code: 2 })
    expect(contradiction.err).toContain('--into builds a new index')
    const shared = await home.run(['enrich', ...at, '--into', 'x', '--partition', '1/2'])
    expect(shared).toMatchObject({ code: 2 })
    expect(shared.err).toContain('--into cannot be shared out to 2 workers')
    const nothing = await home.run(['reindex', ...at])
    expect(nothing).toMatchObject({ code: 2 })
    expect(nothing.err).toContain('name the new model with --model')
  })
})
