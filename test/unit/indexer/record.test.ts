import { describe, expect, it } from '@jest/globals'
import { FieldRules } from '../../../src/indexer/field-rules.js'
import { isWithoutText, toRecord, type RecordOptions } from '../../../src/indexer/record.js'

const ORIGIN = { file: 'in.jsonl', line: 3 }
const FIELD = { field: 'splade', textFields: ['title', 'text'] }
const read = (value: unknown, options: Partial<RecordOptions> = {}) =>
  toRecord({ value, origin: ORIGIN }, { fields: [FIELD], ...options })
const encoding = (...textFields: string[]): Partial<RecordOptions> => ({ fields: [{ ...FIELD, textFields }] })

describe('toRecord', () => {
  it('joins title and text, and keeps the id out of the source', () => {
    expect(read({ _id: 'a', text: 'body', title: 'head', year: 1999 })).toMatchObject({
      id: 'a',
      texts: [{ field: 'splade', parts: [{ text: 'head body', weight: 1 }] }],
      source: { text: 'body', title: 'head', year: 1999 },
      origin: ORIGIN,
    })
  })

  it('encodes the fields that it is told to', () => {
    const value = { a: 'one', b: ['two', 'three'], c: 'four', deep: { er: 'five' } }
    const { texts } = read(value, encoding('b', 'a', 'deep.er^2'))
    expect(texts[0]?.parts).toEqual([
      { text: 'two three one', weight: 1 },
      { text: 'five', weight: 2 },
    ])
  })

  it.each([
    [{ _id: 'x', id: 'y', text: '' }, undefined, 'x'],
    [{ id: 'y', text: '' }, undefined, 'y'],
    [{ id: 17, text: '' }, undefined, '17'],
    [{ _id: 'x', doi: '10.1/2', text: '' }, 'doi', '10.1/2'],
  ])('takes the id of %j with id field %s', (value, idField, expected) => {
    expect(read(value, idField === undefined ? {} : { idField }).id).toBe(expected)
  })

  it('leaves a field called id, or any other id field, in the source', () => {
    expect(read({ id: 'y', text: 't' }).source).toEqual({ id: 'y', text: 't' })
  })

  it('makes an id of the content where there is none, whatever the order of members', () => {
    const first = read({ text: 't', meta: { a: 1, b: [1, 2] } })
    const second = read({ meta: { b: [1, 2], a: 1 }, text: 't' })
    expect(first.id).toMatch(/^[0-9a-f]{64}$/)
    expect(second.id).toBe(first.id)
  })

  it.each([
    ['text', { text: 'u', year: 1 }],
    ['metadata', { text: 't', year: 2 }],
    ['types', { text: 't', year: '1' }],
    ['members', { text: 't' }],
  ])('gives another content hash for other %s', (_what, other) => {
    expect(read(other).contentHash).not.toBe(read({ text: 't', year: 1 }).contentHash)
  })

  it('gives another content hash where other fields are encoded', () => {
    const value = { a: 'x', b: 'y' }
    expect(read(value, encoding('a')).contentHash).not.toBe(read(value, encoding('b')).contentHash)
  })

  it('does not count the id as content', () => {
    expect(read({ _id: 'a', text: 't' }).contentHash).toBe(read({ _id: 'b', text: 't' }).contentHash)
  })

  it('takes absent text for empty where another field is present', () => {
    const { texts } = read({ title: 'head', text: null })
    expect(texts[0]?.parts).toEqual([{ text: 'head', weight: 1 }])
  })

  it.each([
    [[1], 'must be a JSON object'],
    ['text', 'must be a JSON object'],
    [null, 'must be a JSON object'],
    [{ text: 7 }, 'field "text" must be a string or a list of strings to be encoded'],
    [{ text: ['a', 1] }, 'field "text" must be a string or a list of strings'],
    [{ text: 't', _id: '' }, 'field "_id" must be a non-empty string or a number'],
    [{ text: 't', _id: null }, 'field "_id" must be a non-empty string or a number'],
    [{ text: 't', id: 2 ** 53 }, 'field "id" is a number beyond 2^53, whose last digits JSON loses'],
    [{ text: 't', id: {} }, 'field "id" must be a non-empty string or a number'],
    [{ text: 't', _id: '가'.repeat(171) }, 'field "_id" is longer than 512 bytes, the limit for an id'],
    [{ text: 't', splade: {} }, 'has a field "splade", which splade-bridge writes itself: rename or drop it'],
    [{ text: 't', splade_meta: 1 }, 'has a field "splade_meta"'],
  ])('refuses %j, naming file, line and rule', (value, rule) => {
    expect(() => read(value)).toThrow(`in.jsonl:3: ${rule}`)
  })

  it('refuses a record without the id field that was asked for', () => {
    expect(() => read({ text: 't', _id: 'a' }, { idField: 'doi' })).toThrow('field "doi" must be a non-empty')
  })

  it.each([
    [{ body: 'x', n: 1 }, 'has none of the fields title, text to encode; it has body, n'],
    [{}, 'has none of the fields title, text to encode; it has none'],
  ])('takes %j for a document without text, and says which fields it lacks', (value, lack) => {
    const record = read(value)
    expect(record.lack).toBe(lack)
    expect(isWithoutText(record)).toBe(true)
    expect(read({ text: '' }).lack).toBeUndefined()
  })

  it('names the row of a record that has no line', () => {
    expect(() => toRecord({ value: 1, origin: { file: 'in.parquet', row: 4 } }, { fields: [FIELD] })).toThrow(
      'in.parquet: row 4: must be a JSON object',
    )
  })

  it('takes id, routing, index and action from a bulk action before all else', () => {
    const target = { action: 'create', id: 'a', routing: 'r', index: 'other' } as const
    const value = { _id: 'b', id: 'c', text: 't' }
    expect(toRecord({ value, origin: ORIGIN, target }, { fields: [FIELD] })).toMatchObject(target)
  })

  it('makes a text for each vector field, none where the document has none', () => {
    const fields = [
      { field: 'one', textFields: ['title'] },
      { field: 'two', textFields: ['body'] },
      { field: 'three', textFields: ['title', 'year'], template: '{{title}} ({{year}})' },
    ]
    expect(read({ title: 'head', year: 1999 }, { fields }).texts).toEqual([
      { field: 'one', parts: [{ text: 'head', weight: 1 }] },
      { field: 'two', parts: [] },
      { field: 'three', parts: [{ text: 'head (1999)', weight: 1 }] },
    ])
    expect(() => read({ two: {}, title: 'x' }, { fields })).toThrow(
      'has a field "two", which splade-bridge writes',
    )
  })

  it('encodes what it does not store, under the new names', () => {
    const fieldRules = new FieldRules({ rename: { 제목: 'title', no: '_id' }, drop: ['text', 'splade'] })
    const value = { 제목: 'head', text: 'body', no: 7, splade: 'theirs' }
    expect(read(value, { fieldRules })).toMatchObject({
      id: '7',
      texts: [{ parts: [{ text: 'head body', weight: 1 }] }],
      source: { title: 'head' },
    })
  })

  it('has another content hash where only what is encoded, or only what is stored, differs', () => {
    const hash = (value: object, options: Partial<RecordOptions>): string => read(value, options).contentHash
    const value = { title: 'a', text: 'b' }
    const drop = { fieldRules: new FieldRules({ drop: ['text'] }) }
    expect(hash({ ...value, text: 'c' }, drop)).not.toBe(hash(value, drop))
    expect(hash(value, {})).not.toBe(hash(value, drop))
    expect(hash(value, encoding('title^2', 'text'))).not.toBe(hash(value, {}))
  })

  it('gives documents that differ only in what is dropped different digests as ids', () => {
    const drop = { fieldRules: new FieldRules({ drop: ['page'] }) }
    expect(read({ text: 't', page: 1 }, drop).id).not.toBe(read({ text: 't', page: 2 }, drop).id)
  })

  it('has another content hash, and the same digest as id, under other encoding settings', () => {
    const record = (encodingSettings?: object) =>
      read({ text: 'a text' }, encodingSettings && { encodingSettings })
    expect(record({ maxRatio: 0.1 }).contentHash).not.toBe(record().contentHash)
    expect(record({ maxRatio: 0.1 }).contentHash).toBe(record({ maxRatio: 0.1 }).contentHash)
    expect(record({ maxRatio: 0.1 }).id).toBe(record().id)
  })
})

describe('isWithoutText', () => {
  it.each([
    [{ text: ' \n' }, true],
    [{ text: null, title: '' }, true],
    [{ text: 'x' }, false],
  ])('says of %j: %s', (value, expected) => {
    expect(isWithoutText(read(value))).toBe(expected)
  })
})
