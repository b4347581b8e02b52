import { describe, expect, it } from '@jest/globals'
import { createIndex, type CreateIndexOptions, planIndex } from '../../../src/engine/index-setup.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { member } from '../../../src/engine/json.js'

const META = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: { name: 'model-a', fingerprint: 'aaaaaaaaaaaaaaaa' },
} as const

/** An engine that must not be asked. */
const NO_ENGINE: EngineClient = {
  info: { distribution: 'opensearch', version: '3.8.0' },
  request: ({ method, path }) => Promise.reject(new Error(`asked for ${method} ${path}`)),
  close: () => Promise.resolve(),
}

describe('the set-up of an index', () => {
  it.each([
    ['nothing between two dots', { field: 'a..b' }],
    ['a dot at its end', { field: 'a.' }],
    ['a place below the side fields', { field: 'splade_meta.tokens' }],
    ['a place below a text field', { field: 'text.tokens' }],
    ['a place below another vector', { moreFields: [{ field: 'splade.more', textFields: ['title'] }] }],
    ['an underscore in front', { field: '_vector' }],
    ['the name of the side fields', { field: 'splade_meta' }],
    ['the name of a text field', { field: 'text' }],
  ])('refuses a vector field with %s before it asks the engine', async (_what, wrong) => {
    const options: CreateIndexOptions = { index: 'docs', meta: { ...META, ...wrong } }
    await expect(createIndex(NO_ENGINE, options)).rejects.toThrow(/^field must (not )?be /)
  })

  it('plans nothing for an index that is there and set up alike', async () => {
    const planned = await planIndex(NO_ENGINE, { index: 'docs', meta: META, existing: META })
    expect(planned).toEqual({ meta: META })
  })

  it('gives every vector field the same mapping, and each chunk one of its own where chunks are nested', async () => {
    const client: EngineClient = {
      ...NO_ENGINE,
      request: () => Promise.resolve({ status: 200, body: {} }),
    }
    const longTexts = { longTexts: 'nested', chunkTokens: 128, chunkOverlap: 0 } as const
    const moreFields = [{ field: 'title_splade', textFields: ['title'] }]
    const { body } = await planIndex(client, { index: 'docs', meta: { ...META, moreFields, longTexts } })
    const properties = member(body, 'mappings', 'properties')
    expect(member(properties, 'splade')).toEqual({
      type: 'nested',
      dynamic: false,
      properties: {
        weights: { type: 'rank_features' },
        start: { type: 'integer', index: false },
        end: { type: 'integer', index: false },
      },
    })
    expect(member(properties, 'title_splade')).toEqual(member(properties, 'splade'))
  })
})
