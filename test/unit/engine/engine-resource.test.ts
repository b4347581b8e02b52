import { describe, expect, it } from '@jest/globals'
import type { EngineClient, EngineRequest } from '../../../src/engine/client.js'
import { canonicalJson, normalForm, planResources } from '../../../src/engine/engine-resource.js'

describe('the normal form of a resource', () => {
  it('is the same for what was sent and what an engine gives back', () => {
    const sent = {
      version: 1,
      template: { settings: { index: { 'mapping.exclude_source_vectors': false, number_of_shards: 2 } } },
      data_stream: {},
    }
    const given = {
      data_stream: { hidden: false, timestamp_field: { name: '@timestamp' } },
      template: {
        settings: { index: { number_of_shards: '2', mapping: { exclude_source_vectors: 'false' } } },
      },
      version: 1,
      created_date_millis: 1,
      modified_date: '2026-01-01',
    }
    expect(canonicalJson(normalForm(given))).toBe(canonicalJson(normalForm(sent)))
  })

  it('tells apart what differs in one setting', () => {
    const of = (shards: number): string =>
      canonicalJson(normalForm({ template: { settings: { index: { number_of_shards: shards } } } }))
    expect(of(1)).not.toBe(of(2))
  })
})

describe('planning', () => {
  it('asks for the one resource that is meant, whatever its name', async () => {
    const asked: EngineRequest[] = []
    const client: EngineClient = {
      info: { distribution: 'opensearch', version: '3.8.0' },
      request: (request) => {
        asked.push(request)
        return Promise.resolve({ status: 200, body: {} })
      },
      close: () => Promise.resolve(),
    }
    await planResources(client, [{ kind: 'ingest pipeline', name: 'a/b*', body: {} }])
    expect(asked).toEqual([{ method: 'GET', path: '/_ingest/pipeline/a%2Fb*' }])
  })
})
