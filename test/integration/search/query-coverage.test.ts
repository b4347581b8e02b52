import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { profileIndex } from '../../../src/search/index-profile.js'
import { createEngineSink } from '../../../src/telemetry/engine-sink.js'
import { MAX_TOKENS_OF_A_QUERY } from '../../../src/telemetry/event-documents.js'
import type { TokenUse } from '../../../src/telemetry/events.js'
import { deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { QUERY_EVENT } from '../../telemetry-events.js'
import { deleteTelemetry } from '../../telemetry-run.js'

const encoder = createLexicalEncoder()
const DOCUMENTS = ['common piano', 'common violin', 'common violin cello']
const DAY_MS = 86_400_000

describe.each(OUTER_ENGINES)('what recorded searches have asked of an index on %s', (id) => {
  let client: EngineClient
  const index = uniqueName('coverage')
  const alias = uniqueName('coverage-alias')
  const namespace = uniqueName('coverage')

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, averageLength: 3 }
    await createIndex(client, { index, meta })
    const lines = DOCUMENTS.map((text, number) => JSON.stringify({ _id: `d${number}`, text }))
    const input = streamInput(Readable.from([Buffer.from(lines.join('\n'))]))
    await indexDocuments(client, encoder, { index, inputs: [input], format: 'jsonl' })
    await client.request({ method: 'PUT', path: `/${index}/_alias/${alias}` })
  })
  afterAll(async () => {
    await deleteTelemetry(client, namespace)
    await deleteIndices(client, index)
    await client.close()
  })

  /** Records searches as they were so many days ago. */
  async function record(daysAgo: number, searches: readonly (readonly [string, readonly string[]])[]) {
    const service = { name: 'splade-bridge', version: '0.0.0-test' }
    const now = () => new Date(Date.now() - daysAgo * DAY_MS)
    const sink = createEngineSink(client, { service, namespace, closeMs: 60_000, now })
    for (const [name, tokens] of searches) {
      const uses = tokens.map((token): TokenUse => ({ token, weight: 1 }))
      sink.record({ ...QUERY_EVENT, index: name, tokens: uses })
    }
    await sink.close()
    expect(sink.counts).toEqual({ written: searches.length, dropped: 0 })
    await client.request({ method: 'POST', path: `/logs-splade.*-${namespace}/_refresh` })
  }

  it('is not known before there is a search of this index', async () => {
    await record(1, [['another-index', ['common']]])
    expect((await profileIndex(client, { index })).queries).toEqual({ searches: 0, cut: 0 })
  })

  it('is what nobody asked for, with document frequencies, by whatever name the index was called', async () => {
    const many = Array.from({ length: MAX_TOKENS_OF_A_QUERY + 1 }, (_, place) => `other-${place}`)
    await record(10, [[index, ['piano', 'elsewhere']]])
    await record(0, [
      [alias, ['common', 'nowhere']],
      [index, many],
    ])
    const { queries } = await profileIndex(client, { index })
    expect(queries).toMatchObject({ searches: 3, cut: 1, never: { tokens: 2, postingShare: 3 / 7 } })
    expect(queries.never?.top.map(({ token, documentFrequency }) => [token, documentFrequency])).toEqual([
      ['violin', 2],
      ['cello', 1],
    ])
    expect(Date.now() - Date.parse(queries.first ?? '')).toBeGreaterThan(9 * DAY_MS)
  })

  it('counts searches from a time on, and compares tokens as people read them', async () => {
    const queriesSince = new Date(Date.now() - 5 * DAY_MS)
    const { queries } = await profileIndex(client, { index, queriesSince })
    expect(queries).toMatchObject({ searches: 2, since: queriesSince.toISOString(), never: { tokens: 3 } })
    const readable = (token: string): string => (token === 'violin' ? 'nowhere' : token)
    const read = await profileIndex(client, { index, queriesSince, readable })
    expect(read.queries.never?.top.map(({ token }) => token).sort()).toEqual(['cello', 'piano'])
  })
})
