import { describe, expect, it } from '@jest/globals'
import { hitTitle, titleField } from '../../../src/search/hit-title.js'

const NEWS = { field: 'splade', textFields: ['body', 'meta.headline^2'] }
const LONG = `${'All ships have left. '.repeat(6)}The end.`

describe('hitTitle', () => {
  it('is the title where there is one, whatever the vectors are made of', () => {
    expect(hitTitle({ title: 'Ships', meta: { headline: 'Harbour' } }, NEWS)).toBe('Ships')
    expect(hitTitle({ title: ['green', 'tea'] }, NEWS)).toBe('green tea')
  })

  it('is the beginning of a title that is a page long', () => {
    const title = hitTitle({ title: LONG.repeat(50) }, NEWS)
    expect(title).toMatch(/^All ships .*…$/)
    expect(title.length).toBeLessThanOrEqual(301)
  })

  it('is else the first short text, not the body before it', () => {
    expect(hitTitle({ body: LONG, meta: { headline: 'The\n harbour ' } }, NEWS)).toBe('The harbour')
    expect(hitTitle({ title: '', body: 'Short.', meta: { headline: 'Harbour' } }, NEWS)).toBe('Short.')
  })

  it('looks at the texts of the other vector fields, too', () => {
    const byBody = {
      field: 'a',
      textFields: ['body'],
      moreFields: [{ field: 'b', textFields: ['headline'] }],
    }
    expect(hitTitle({ body: LONG, headline: 'Harbour' }, byBody)).toBe('Harbour')
  })

  it('knows the fields of a template', () => {
    const rule = { field: 'splade', textFields: ['name', 'year'], template: '{{name}} ({{year}})' }
    expect(hitTitle({ name: '조선소', year: 1990 }, rule)).toBe('조선소')
  })

  it('is the beginning of a long text that stands alone, cut after a word', () => {
    const title = hitTitle({ body: LONG }, NEWS)
    expect(title).toBe(
      'All ships have left. All ships have left. All ships have left. All ships have left. All ships have…',
    )
    expect(title.length).toBeLessThanOrEqual(101)
  })

  it('cuts no character in halves where a script has no spaces', () => {
    const text = `あ${'😀'.repeat(80)}`
    expect(hitTitle({ body: text }, NEWS)).toBe(`あ${'😀'.repeat(49)}…`)
  })

  it('is empty for a document without text', () => {
    expect(hitTitle({ body: null, year: 1990 }, NEWS)).toBe('')
  })
})

describe('titleField', () => {
  it('is the title if vectors are made of it, else the first text field', () => {
    expect(titleField({ field: 'splade', textFields: ['text', 'title^2'] })).toBe('title')
    expect(titleField({ field: 'splade', textFields: ['headline^2', 'body'] })).toBe('headline')
  })
})
