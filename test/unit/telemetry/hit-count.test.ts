import { gzipSync, deflateSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { HEAD_BYTES, hitCount } from '../../../src/telemetry/hit-count.js'

const SHARDS = '"took":3,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}'
const answer = (total: string, hits = ''): string => `{${SHARDS},"hits":{${total}"hits":[${hits}]}}`

describe('hits in all', () => {
  it.each([
    ['as engines write them', answer('"total":{"value":12,"relation":"eq"},"max_score":1.5,'), 12],
    ['none', answer('"total":{"value":0,"relation":"eq"},"max_score":null,'), 0],
    ['as a plain number', answer('"total":7,"max_score":1.5,'), 7],
    ['printed for people', JSON.stringify(JSON.parse(answer('"total":{"value":5},')), null, 2), 5],
    ['of an asynchronous search', `{"is_partial":false,"response":${answer('"total":{"value":4},')}}`, 4],
  ])('are read: %s', (_, text, total) => {
    expect(hitCount(Buffer.from(text))).toBe(total)
  })

  it.each([
    ['are not counted', answer('"max_score":1.5,', '{"inner_hits":{"a":{"hits":{"total":{"value":9}}}}}')],
    ['belong to one search of several', `{"took":1,"responses":[${answer('"total":{"value":3},')}]}`],
    ['are not all yet', `{"is_partial":true,"response":${answer('"total":{"value":3},')}}`],
    ['are those of a count', '{"count":3,"_shards":{"total":1}}'],
    ['stand in a text', String.raw`{"error":{"reason":"\"hits\":{\"total\":{\"value\":3}"}}`],
    ['are in YAML', '---\nhits:\n  total:\n    value: 3\n'],
    ['end within the number', '{"took":1,"hits":{"total":{"value":12'],
  ])('are left out where they %s', (_, text) => {
    expect(hitCount(Buffer.from(text))).toBeUndefined()
  })

  it('are read from the beginning of a compressed answer', () => {
    const text = answer('"total":{"value":12,"relation":"eq"},', `"${randomText(50_000)}"`)
    for (const [coding, bytes] of [
      ['gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
    ] as const) {
      expect(bytes.length).toBeGreaterThan(HEAD_BYTES)
      expect(hitCount(bytes.subarray(0, HEAD_BYTES), coding)).toBe(12)
    }
    expect(hitCount(Buffer.from(text), 'br')).toBeUndefined()
    expect(hitCount(Buffer.from(text), 'gzip')).toBeUndefined()
  })
})

/** Text that does not compress to nothing. */
function randomText(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(97 + (state % 26))
  }).join('')
}
