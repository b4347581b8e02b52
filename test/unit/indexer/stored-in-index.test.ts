import { describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { findInIndex } from '../../../src/indexer/stored-in-index.js'

/** An engine whose `_mget` gives this answer to its only document. */
function answering(answer: object): EngineClient {
  return {
    request: () => Promise.resolve({ status: 200, body: { docs: [answer] } }),
  } as unknown as EngineClient
}

const errorOf = (type: string) => ({ _index: 'docs', _id: 'a', error: { type, reason: 'because' } })
const find = (answer: object) =>
  findInIndex(answering(answer), 'docs', 'print', [{ id: 'a', action: 'index', contentHash: 'hash' }])
const side = (hash: string) => ({ splade_meta: { fingerprint: 'print', content_hash: hash } })

describe('findInIndex', () => {
  it.each([
    ['one with the same content', { found: true, _source: side('hash') }, [['a', { isSame: true }]]],
    ['one with other content', { found: true, _source: side('other') }, [['a', { isSame: false }]]],
    ['none', { found: false }, []],
    ['none in an index that is not there', errorOf('index_not_found_exception'), []],
    [
      'one, it may be, where that cannot be told',
      errorOf('illegal_argument_exception'),
      [['a', { isSame: false }]],
    ],
  ])('finds %s', async (_, answer, expected) => {
    const found = await find(answer)
    expect([...found].map(([key, value]) => [key.includes('a') && 'a', value])).toEqual(expected)
  })

  it.each([
    'no_shard_available_action_exception',
    'node_closed_exception',
    'illegal_index_shard_state_exception',
  ])('has to be asked again after %s', async (type) => {
    await expect(find(errorOf(type))).rejects.toMatchObject({
      status: 503,
      message: `index "docs" cannot say whether it has a document: ${type}: because`,
    })
  })
})
