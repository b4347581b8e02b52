import { describe, expect, it } from '@jest/globals'
import {
  moreFieldsOf,
  showSparseFields,
  sparseFieldOf,
  sparseFields,
  toSparseFieldJson,
} from '../../../src/engine/index-sparse-fields.js'

const TITLE = { field: 'title_splade', textFields: ['title^2'] }
const ALL = { field: 'all_splade', textFields: ['title', 'text'], template: '{{title}}: {{text}}' }

describe('the JSON of a vector field', () => {
  it.each([[TITLE], [ALL]])('reads what it wrote', (field) => {
    const json: unknown = JSON.parse(JSON.stringify(toSparseFieldJson(field)))
    expect(sparseFieldOf(field.field, json)).toEqual(field)
    expect(moreFieldsOf({ more_fields: [json, { text_fields: ['nameless'] }] })).toEqual([field])
  })

  it('finds no more fields in an index that is older than the choice', () => {
    expect(moreFieldsOf({ field: 'splade' })).toEqual([])
  })
})

describe('sparseFields', () => {
  it('begins with the one that is searched', () => {
    expect(sparseFields({ ...TITLE, moreFields: [ALL] })).toEqual([TITLE, ALL])
    expect(sparseFields(ALL)).toEqual([ALL])
  })
})

describe('showSparseFields', () => {
  it('shows what each is made of', () => {
    expect(showSparseFields([TITLE, ALL])).toBe('title_splade of title^2; all_splade of {{title}}: {{text}}')
  })
})
