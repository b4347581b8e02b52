import { describe, expect, it } from '@jest/globals'
import { readBulk } from '../../../../../src/proxy/rewrite/writing/bulk-operations.js'
import { roundsOf } from '../../../../../src/proxy/rewrite/writing/bulk-rounds.js'
import type { WriteTarget } from '../../../../../src/proxy/rewrite/writing/write-targets.js'
import { encoder, meta } from './books.js'

const books: WriteTarget = { index: 'books', meta, encoder, names: ['books'] }
const targets = new Map<string, WriteTarget | undefined>([
  ['books', books],
  ['alias', books],
  ['other', undefined],
])

const index = (id: string, name = 'books'): string =>
  `{"index":{"_index":"${name}","_id":"${id}"}}\n{"text":"a"}`
const remove = (id: string): string => `{"delete":{"_id":"${id}"}}`
const update = (id: string, body = '{"doc":{"text":"b"}}', name = 'books'): string =>
  `{"update":{"_index":"${name}","_id":"${id}"}}\n${body}`

/** Places of the operations of each round. */
function placesOf(...lines: readonly string[]): readonly (readonly number[])[] {
  const operations = readBulk(lines.join('\n').split('\n'), 'books') ?? []
  return roundsOf(operations, targets).map((round) => round.map((one) => operations.indexOf(one)))
}

describe('the rounds of a bulk', () => {
  it('are one where no update of text follows a write of its document', () => {
    expect(placesOf(index('1'), update('2'), remove('2'), index('2'), update('3'))).toEqual([[0, 1, 2, 3, 4]])
    expect(placesOf()).toEqual([[]])
  })

  it('let an update of text wait for what wrote its document', () => {
    for (const write of [index('1'), remove('1'), update('1'), update('1', '{"script":"ctx._source.n++"}')])
      expect(placesOf(write, update('1'))).toEqual([[0], [1]])
    expect(placesOf(index('1'), update('1', '{"script":"","upsert":{"text":"c"}}'))).toEqual([[0], [1]])
  })

  it('leave to the engine what does not touch text', () => {
    expect(placesOf(index('1'), update('1', '{"doc":{"year":1}}'), update('1', '{"script":""}'))).toEqual([
      [0, 1, 2],
    ])
  })

  it('keep the order of all operations of a document', () => {
    expect(
      placesOf(update('1'), update('1'), remove('1'), index('1'), update('1', '{"doc":{"n":1}}')),
    ).toEqual([[0], [1, 2, 3, 4]])
  })

  it('are as many as a document needs, however many documents there are', () => {
    expect(placesOf(index('1'), update('1'), index('2'), update('2'), index('3'), update('3'))).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ])
  })

  it('know a document by the name of an alias, and tell indices apart', () => {
    expect(placesOf(index('1', 'alias'), update('1'))).toEqual([[0], [1]])
    expect(placesOf(index('1', 'other'), update('1'), update('1', undefined, 'other'))).toEqual([[0, 1, 2]])
  })
})
