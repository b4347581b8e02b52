import { describe, expect, it } from '@jest/globals'
import { isBulkAction, readBulkLines } from '../../../../src/indexer/readers/bulk-lines.js'
import { readJsonLines } from '../../../../src/indexer/readers/json-lines.js'
import { collect, tornInput } from './inputs.js'

const readText = (text: string) =>
  collect(readBulkLines(readJsonLines(tornInput(text, 7, 'in.ndjson')), 'in.ndjson'))
const toLines = (...lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('')

async function readAll(...lines: readonly unknown[]) {
  return (await readText(toLines(...lines))).map((value) => {
    if ('broken' in value) throw value.broken
    return value
  })
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

describe('broken pairs of a bulk file', () => {
  const good = [{ index: { _id: 'z' } }, { text: 'good' }]

  it('keep where the document was to go if only that cannot be read', async () => {
    const [broken, next] = await readText(`${toLines({ create: { _id: '1' } })}{"text":\n${toLines(...good)}`)
    const target = { action: 'create', id: '1' }
    expect(broken).toEqual({ broken: expect.objectContaining({ line: 2 }), raw: '{"text":', line: 2, target })
    expect(next).toMatchObject({ value: { text: 'good' }, target: { id: 'z' } })
  })

  it.each([
    [
      'an action that is not JSON, with its document',
      '{"index":\n{"text":"lost"}\n',
      '{"index":\n{"text":"lost"}',
    ],
    ['an action without its document, before another action', '{"inde\n', '{"inde'],
    [
      'an update, with its document',
      '{"update":{"_id":"1"}}\n{"doc":{}}\n',
      '{"update":{"_id":"1"}}\n{"doc":{}}',
    ],
    ['a deletion, which has no document', '{"delete":{"_id":"1"}}\n', '{"delete":{"_id":"1"}}'],
  ])('take %s', async (_, text, raw) => {
    const values = await readText(text + toLines(...good))
    expect(values).toMatchObject([
      { raw, line: 1 },
      { value: { text: 'good' }, target: { id: 'z' } },
    ])
  })

  it('may be the end of the file', async () => {
    const ends = [await readText('{"index":{}}\n'), await readText('{"index":\n')]
    expect(ends).toMatchObject([[{ raw: '{"index":{}}', line: 1 }], [{ raw: '{"index":', line: 1 }]])
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
