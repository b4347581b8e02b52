import { describe, expect, it } from '@jest/globals'
import { FirstRecords } from '../../../src/indexer/first-records.js'
import { type BrokenRecord, isBroken, type ReadRecord } from '../../../src/indexer/broken-record.js'
import { InputError } from '../../../src/errors.js'
import type { DocumentRecord } from '../../../src/indexer/record.js'

function record(line: number, lack?: string): DocumentRecord {
  const origin = { file: 'in.jsonl', line }
  return { id: `${line}`, texts: [], source: {}, contentHash: '', origin, ...(lack && { lack }) }
}

/** Lines that come out; those behind 1000 are of another worker: seen, but not passed on. */
async function pass(first: FirstRecords, records: readonly ReadRecord[], aborted = false) {
  async function* seen(): AsyncGenerator<ReadRecord> {
    for (const one of records) {
      first.see(one)
      if (lineOf(one) < 1000) yield await Promise.resolve(one)
    }
  }
  const passed: number[] = []
  for await (const one of first.holdBack(seen(), () => aborted)) passed.push(lineOf(one))
  return passed
}

function broken(line: number): BrokenRecord {
  const error = new InputError('in.jsonl', line, 'is not JSON')
  return { error, origin: { file: 'in.jsonl', line }, digest: '', raw: '{' }
}

const lineOf = (one: ReadRecord): number => (isBroken(one) ? (one.origin.line ?? 0) : Number(one.id))

const lacking = (count: number): readonly DocumentRecord[] =>
  Array.from({ length: count }, (_, position) => record(position + 1, 'has none'))

describe('FirstRecords', () => {
  it('keeps the order where records lack the fields before and behind one that has them', async () => {
    const records = [...lacking(99), record(100), record(101, 'has none')]
    expect(await pass(new FirstRecords(false), records)).toEqual(records.map(({ id }) => Number(id)))
  })

  it('refuses a hundred records without the fields, and inputs that have no other', async () => {
    const rule = (others: number): string =>
      `in.jsonl:1: has none${others > 0 ? `, and so it is with the ${others} behind it` : ''}`
    await expect(pass(new FirstRecords(false), [...lacking(100), record(101)])).rejects.toThrow(rule(99))
    await expect(pass(new FirstRecords(false), lacking(3))).rejects.toThrow(rule(2))
    await expect(pass(new FirstRecords(false), lacking(1))).rejects.toThrow(rule(0))
  })

  it('refuses a hundred records of which none can be used, but not a few', async () => {
    const some = Array.from({ length: 99 }, (_, position) => broken(position + 1))
    expect(await pass(new FirstRecords(false), some)).toHaveLength(99)
    expect(await pass(new FirstRecords(false), [...some, record(100)])).toHaveLength(100)
    await expect(pass(new FirstRecords(false), [...some, broken(100)])).rejects.toThrow(
      'in.jsonl:1: is not JSON; and so no record of the first 100 can be used',
    )
    await expect(pass(new FirstRecords(false), [broken(1), record(2, 'has none')])).rejects.toThrow(
      'in.jsonl:2: has none',
    )
  })

  it('knows that a field was met with the first record that has one, whosever it is', () => {
    const first = new FirstRecords(false)
    first.see(record(1, 'has none'))
    expect(first.hasMet).toBe(false)
    first.see(record(1001))
    expect(first.hasMet).toBe(true)
  })

  it('takes any record for odd where an earlier run or another worker has met the fields', async () => {
    expect(await pass(new FirstRecords(true), lacking(150))).toHaveLength(150)
    expect(await pass(new FirstRecords(false), [record(1000), ...lacking(150)])).toHaveLength(150)
  })

  it('does not judge inputs whose end was not read', async () => {
    expect(await pass(new FirstRecords(false), lacking(3), true)).toEqual([1, 2, 3])
  })
})
