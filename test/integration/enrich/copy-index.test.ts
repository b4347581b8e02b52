import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { readIndexSettings } from '../../../src/engine/index-settings.js'
import { createLike } from '../../../src/enrich/copy-index.js'
import { defaultFieldType, deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

describe.each(OUTER_ENGINES)('an index like another on %s', (id) => {
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'like-')
    await client.close()
  })

  it('takes writes where the other keeps them out', async () => {
    const source = uniqueName('like')
    const target = uniqueName('like')
    const encoder = { name: 'm', fingerprint: 'ffffffffffffffff' }
    const meta = { field: 'splade', fieldType: defaultFieldType(id), textFields: ['text'], encoder }
    await client.request({ method: 'PUT', path: `/${source}`, body: { settings: { number_of_shards: 2 } } })
    // Elasticsearch 8 and later write down by a setting of their own that no write is under way any more.
    await client.request({ method: 'PUT', path: `/${source}/_block/write` })
    await createLike(client, source, target, meta, { vectors: [], more: {} })
    const settings = (await readIndexSettings(client, target)).get(target)
    expect(settings).toMatchObject({ number_of_shards: '2' })
    expect(settings).not.toHaveProperty('blocks.write')
  })
})
