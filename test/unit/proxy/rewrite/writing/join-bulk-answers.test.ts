import { describe, expect, it } from '@jest/globals'
import type { BulkOperation } from '../../../../../src/proxy/rewrite/writing/bulk-operations.js'
import { readBulk } from '../../../../../src/proxy/rewrite/writing/bulk-operations.js'
import { joinBulkAnswers } from '../../../../../src/proxy/rewrite/writing/join-bulk-answers.js'

const operations = readBulk(
  ['{"delete":{"_id":"0"}}', '{"delete":{"_id":"1"}}', '{"delete":{"_id":"2"}}'],
  'books',
)!
const [zero, one, two] = operations as [BulkOperation, BulkOperation, BulkOperation]

function join(first: string, second: string): string {
  const answerOf = (body: string) => ({ status: 200, headers: {}, body: Buffer.from(body) })
  const rounds = [
    { round: [zero, two], answer: answerOf(first) },
    { round: [one], answer: answerOf(second) },
  ]
  return joinBulkAnswers(operations, rounds).body.toString()
}

describe('the joined answers of a bulk', () => {
  it('list items in the order of the operations, byte for byte, and say if one failed', () => {
    const first = '{"took":3,"errors":false,"items":[{"delete": {"_id":"0"}},{"delete":{"_id":"2","n":1.0}}]}'
    const second = '{"took":4,"errors":true,"items":[{"delete":{"_id":"1"}}]}'
    expect(join(first, second)).toBe(
      '{"took":7,"errors":true,"items":[{"delete": {"_id":"0"}},{"delete":{"_id":"1"}},{"delete":{"_id":"2","n":1.0}}]}',
    )
  })

  it('have no members that filter_path left out', () => {
    expect(join('{"errors":false}', '{"errors":false}')).toBe('{"errors":false}')
    expect(join('{}', '{"items":[{"delete":{"status":404}}]}')).toBe('{"items":[{"delete":{"status":404}}]}')
  })
})
