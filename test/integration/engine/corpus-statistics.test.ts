import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { seededRandom } from '../../random.js'

const META = {
  field: 'splade',
  textFields: ['text'],
  encoder: { name: 'bm25', fingerprint: 'f' },
}
const TERMS = Array.from({ length: 1300 }, (_, number) =>
  number % 11 === 0 ? `용어.${number}` : `term${number}`,
)

describe.each(ENGINES)('corpus statistics on %s', (id) => {
  let client: EngineClient
  let index: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    index = uniqueName('statistics')
    // Two shards: counts must be over all of them.
    await createIndex(client, { index, meta: META, settings: { number_of_shards: 2 } })
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  async function bulk(lines: readonly object[]): Promise<void> {
    const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    await client.request({ method: 'POST', path: `/${index}/_bulk`, query: { refresh: true }, ndjson })
  }

  const toLines = (documents: ReadonlyMap<string, readonly string[]>): readonly object[] =>
    [...documents].flatMap(([_id, terms]) => [
      { index: { _id } },
      { splade: toRankFeatures(new Map(terms.map((term) => [term, 1.5]))) },
    ])

  function frequenciesOf(documents: ReadonlyMap<string, readonly string[]>): Map<string, number> {
    const counts = new Map<string, number>(TERMS.map((term) => [term, 0]))
    for (const terms of documents.values())
      for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    return counts
  }

  it('equal the true document frequencies, and follow new, changed and deleted documents', async () => {
    const random = seededRandom(7)
    const chosen = (share: number): string[] => TERMS.filter(() => random() < share)
    const documents = new Map<string, readonly string[]>()
    for (let number = 0; number < 60; number++) documents.set(`d${number}`, chosen(random()))
    const statistics = createIndexStatistics(client, { index, field: 'splade', cacheMs: 0 })
    const expectTrueCounts = async (): Promise<void> => {
      const { documentCount, documentFrequencies } = await statistics.read(TERMS)
      expect(documentCount).toBe(documents.size)
      expect(documentFrequencies).toEqual(frequenciesOf(documents))
    }

    await bulk(toLines(documents))
    await expectTrueCounts()

    documents.set('new', chosen(0.5))
    documents.set('d1', chosen(0.5))
    await bulk(toLines(documents))
    await expectTrueCounts()

    for (const _id of ['d2', 'd3', 'd4']) documents.delete(_id)
    await bulk(['d2', 'd3', 'd4'].map((_id) => ({ delete: { _id } })))
    await expectTrueCounts()
  })

  it('count documents without being asked for terms', async () => {
    const statistics = createIndexStatistics(client, { index, field: 'splade', cacheMs: 0 })
    const { documentCount, documentFrequencies } = await statistics.read([])
    expect(documentCount).toBe(58)
    expect(documentFrequencies.size).toBe(0)
  })

  it('fail for an index that does not exist', async () => {
    const none = uniqueName('none')
    const statistics = createIndexStatistics(client, { index: none, field: 'splade' })
    await expect(statistics.read(['term1'])).rejects.toThrow(`there is no index "${none}"`)
  })
})
