import { describe, expect, it } from '@jest/globals'
import { isBulkAction, readBulkLines } from '../../../../src/indexer/readers/bulk-lines.js'
import { readJsonLines } from '../../../../src/indexer/readers/json-lines.js'
import { collect, tornInput } from './inputs.js'

const readAll = (...lines: readonly unknown[]) => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  return collect(readBulkLines(readJsonLines(tornInput(text)), 'in.ndjson'))
}

describe('readBulkLines', () => {
  it('keeps id, index, routing and action of each document', async () => {
    const records = await readAll(
      { index: { _id: '1', _index: 'books', routing: 'r' } },
      { text: 'a' },
      { create: { _id: 2, _type: '_doc', _index: null } },
      { text: 'b' },
      { index: {} },
      { index: { _id: 'a document of this form' } },
    )
    expect(records).toEqual([
      { value: { text: 'a' }, line: 2, target: { action: 'index', id: '1', index: 'books', routing: 'r' } },
      { value: { text: 'b' }, line: 4, target: { action: 'create', id: '2' } },
      { value: { index: { _id: 'a document of this form' } }, line: 6, target: { action: 'index' } },
    ])
  })

  it.each([
    [[{ delete: { _id: '1' } }], '1: has the action "delete"; index carries out only index and create'],
    [[{ update: { _id: '1' } }, { doc: {} }], '1: has the action "update"'],
    [[{ index: {} }, { a: 1 }, { a: 2 }], '3: must be an action line such as {"index":{"_id":"1"}}'],
    [[{ index: { pipeline: 'p' } }], '1: has "pipeline" in its action'],
    [[{ index: { _id: '' } }], '1: must have a non-empty string as "_id" in its action'],
    [[{ index: {} }, { a: 1 }, { index: {} }], '3: is an action without its document'],
  ])('refuses %j by line', async (lines, rule) => {
    await expect(readAll(...lines)).rejects.toThrow(`in.ndjson:${rule}`)
  })
})

describe('isBulkAction', () => {
  it.each([
    [{ index: {} }, true],
    [{ delete: { _id: '1', if_seq_no: 3 } }, true],
    [{ index: { title: 'a chapter' } }, false],
    [{ index: {}, text: 'x' }, false],
    [{ index: 'x' }, false],
    [{ text: {} }, false],
    [[], false],
    [{}, false],
  ])('takes %j for an action: %s', (value, expected) => {
    expect(isBulkAction(value)).toBe(expected)
  })
})
