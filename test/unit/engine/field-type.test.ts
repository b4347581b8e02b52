import { describe, expect, it } from '@jest/globals'
import type { EngineClient, EngineInfo } from '../../../src/engine/client.js'
import { EngineResponseError } from '../../../src/engine/failure.js'
import { chooseFieldType, hasSparseVector } from '../../../src/engine/field-type.js'

/** Releases that cannot be had here are played by a client that answers each request alike. */
function engine(info: EngineInfo, answer: () => object = () => ({})): EngineClient {
  return {
    info,
    request: () => Promise.resolve().then(() => ({ status: 200, body: answer() })),
    close: () => Promise.resolve(),
  }
}

const elasticsearch = (version: string): EngineInfo => ({ distribution: 'elasticsearch', version })
const OPENSEARCH: EngineInfo = { distribution: 'opensearch', version: '3.8.0' }

describe('hasSparseVector', () => {
  it.each([
    [elasticsearch('8.14.3'), false],
    [elasticsearch('8.15.0'), true],
    [elasticsearch('9.5.3'), true],
    [OPENSEARCH, false],
  ])('of %j is %p', (info, expected) => {
    expect(hasSparseVector(info)).toBe(expected)
  })
})

describe('chooseFieldType', () => {
  it('takes rank_features without a question where there is nothing else', async () => {
    const mute = (info: EngineInfo) =>
      engine(info, () => {
        throw new Error('asked')
      })
    expect(await chooseFieldType(mute(OPENSEARCH), 'i', undefined)).toBe('rank_features')
    expect(await chooseFieldType(mute(elasticsearch('8.14.3')), 'i', undefined)).toBe('rank_features')
    expect(await chooseFieldType(mute(elasticsearch('9.5.3')), 'i', 'sparse_vector')).toBe('sparse_vector')
  })

  it('prefers rank_features where the engine knows both', async () => {
    expect(await chooseFieldType(engine(elasticsearch('8.19.0')), 'i', undefined)).toBe('rank_features')
  })

  it('takes sparse_vector only where rank_feature is an unknown query, and not for other failures', async () => {
    const failing = (status: number, type: string) =>
      engine(elasticsearch('9.5.3'), () => {
        throw new EngineResponseError('refused', status, type)
      })
    expect(await chooseFieldType(failing(400, 'parsing_exception'), 'i', undefined)).toBe('sparse_vector')
    await expect(chooseFieldType(failing(403, 'security_exception'), 'i', undefined)).rejects.toThrow(
      'refused',
    )
  })

  it.each([
    [OPENSEARCH, 'opensearch 3.8.0'],
    [elasticsearch('8.14.3'), 'elasticsearch 8.14.3'],
  ])('refuses sparse_vector on %j with the reason', async (info, name) => {
    await expect(chooseFieldType(engine(info), 'i', 'sparse_vector')).rejects.toThrow(
      `fieldType sparse_vector needs Elasticsearch 8.15.0 or later, and this is ${name}: use rank_features`,
    )
  })
})
