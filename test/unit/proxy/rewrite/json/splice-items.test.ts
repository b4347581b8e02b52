import { describe, expect, it } from '@jest/globals'
import { mergeItems, renameItems, spliceItems } from '../../../../../src/proxy/rewrite/json/splice-items.js'

const answerOf = (body: string) => ({ status: 200, headers: {}, body: Buffer.from(body) })

describe('items of the proxy among those of the engine', () => {
  it('stand where they were sent', () => {
    const own = new Map([
      [0, 'A'],
      [2, 'C'],
      [4, 'E'],
    ])
    expect(mergeItems(['b', 'd'], own)).toEqual(['A', 'b', 'C', 'd', 'E'])
  })

  it('are never lost where the answer lists fewer', () => {
    expect(mergeItems([], new Map([[7, 'H']]))).toEqual(['H'])
    const filtered = spliceItems(answerOf('{"took":3,"errors":false}'), 'items', new Map([[1, '{"x":1}']]), {
      errors: 'true',
    })
    expect(filtered.body.toString()).toBe('{"took":3,"errors":true,"items":[{"x":1}]}')
  })

  it('leave the bytes of the others as they are', () => {
    const answer = answerOf('{ "items":[ {"index":{"n":1.0}} , {"index":{"n":12345678901234567890}}] }')
    const spliced = spliceItems(answer, 'items', new Map([[1, '{"own":1}']]))
    expect(spliced.body.toString()).toBe(
      '{ "items":[{"index":{"n":1.0}},{"own":1},{"index":{"n":12345678901234567890}}] }',
    )
  })

  it('leave an error alone', () => {
    const failed = { ...answerOf('{"error":{}}'), status: 413 }
    expect(spliceItems(failed, 'items', new Map([[0, 'A']]))).toBe(failed)
  })

  it('are renamed only where their number is known', () => {
    const answer = answerOf('{"items":[{"index":{"_id":"a"}},{"create":{"_id":"b"}}]}')
    expect(renameItems(answer, ['update', undefined]).body.toString()).toBe(
      '{"items":[{"update":{"_id":"a"}},{"create":{"_id":"b"}}]}',
    )
    expect(renameItems(answer, ['update'])).toBe(answer)
  })
})
