import { describe, expect, it } from '@jest/globals'
import { linesOf } from '../../../../../src/proxy/rewrite/json/lines.js'
import { readBulk } from '../../../../../src/proxy/rewrite/writing/bulk-operations.js'

const read = (text: string, index = 'i') =>
  readBulk(linesOf(text), index)?.map(({ action, index: name, id, body }) => [action, name, id, body])

describe('the operations of a bulk body', () => {
  it('are an action line each, and a document but for delete', () => {
    const text =
      '{"index":{"_id":"1"}}\n{"a":1}\n\n{"delete":{"_index":"x y","_id":"2"}}\n{"create":{}}\n{"a":2}\r\n'
    expect(read(text)).toEqual([
      ['index', 'i', '1', '{"a":1}'],
      ['delete', 'x%20y', '2', undefined],
      ['create', 'i', undefined, '{"a":2}\r'],
    ])
  })

  it('take a number for an id as it is written', () => {
    expect(read('{"index":{"_id":12345678901234567890}}\n{}\n')).toEqual([
      ['index', 'i', '12345678901234567890', '{}'],
    ])
  })

  it.each([
    '{"index":{}}\n',
    'no json\n{}\n',
    '{"upsert":{}}\n{}\n',
    '{"index":{},"create":{}}\n{}\n',
    '{"index":1}\n{}\n',
  ])('are none in %j, which the engine refuses', (text) => {
    expect(read(text)).toBeUndefined()
  })
})
