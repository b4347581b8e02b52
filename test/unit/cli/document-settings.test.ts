import { describe, expect, it } from '@jest/globals'
import {
  type DocumentSettings,
  readDocumentSettings,
  withDocumentSettings,
} from '../../../src/cli/document-settings.js'

const read = (documents: unknown) => readDocumentSettings({ documents, configFile: 'c.yaml' })

describe('readDocumentSettings', () => {
  it('reads what flags say, as lists and objects', () => {
    expect(
      read({
        id: 'no',
        text: ['title^2', 'body'],
        rename: { 제목: 'title' },
        keep: 'a, b',
        drop: ['html'],
        format: 'csv',
        encoding: 'euc-kr',
        delimiter: ';',
      }),
    ).toEqual({
      id: 'no',
      text: ['title^2', 'body'],
      rename: { 제목: 'title' },
      keep: ['a', 'b'],
      drop: ['html'],
      format: 'csv',
      encoding: 'euc-kr',
      delimiter: ';',
    })
  })

  it('reads several vector fields, of text fields or of a template', () => {
    const sparse = { t: 'title', all: ['title^2', 'body'], both: { template: '{{title}}: {{body}}' } }
    expect(read({ sparse }).sparse).toEqual([
      { field: 't', textFields: ['title'] },
      { field: 'all', textFields: ['title^2', 'body'] },
      { field: 'both', textFields: ['title', 'body'], template: '{{title}}: {{body}}' },
    ])
  })

  it('has nothing to say without a section', () => {
    expect(read(undefined)).toEqual({})
  })

  it.each([
    ['title', 'c.yaml: documents must be an object, received "title"'],
    [{ txt: 'a' }, 'c.yaml: documents.txt must be one of id, text, template, sparse, rename'],
    [{ text: 7 }, 'c.yaml: documents.text must be a list of field names, received "7"'],
    [{ text: ['a^b'] }, 'c.yaml: documents.text '],
    [{ template: 'none' }, 'c.yaml: documents.template template must name fields in braces'],
    [{ sparse: ['a'] }, 'c.yaml: documents.sparse must be an object of vector fields'],
    [{ sparse: {} }, 'c.yaml: documents.sparse must be an object of vector fields'],
    [{ rename: { a: 1 } }, 'c.yaml: documents.rename must be a string'],
    [{ id: '' }, 'c.yaml: documents.id must be a string'],
  ])('refuses %j by file and entry', (section, rule) => {
    expect(() => read(section)).toThrow(rule)
  })
})

describe('withDocumentSettings', () => {
  it('puts flags before the file', () => {
    expect(withDocumentSettings<DocumentSettings>({ id: 'flag' }, { id: 'file', drop: ['x'] })).toEqual({
      id: 'flag',
      drop: ['x'],
    })
  })

  it('takes what is encoded wholly from one place', () => {
    const file = { template: '{{a}}', id: 'no' }
    expect(withDocumentSettings({ text: ['b'] }, file)).toEqual({ text: ['b'], id: 'no' })
    expect(withDocumentSettings({}, file)).toEqual(file)
  })
})
