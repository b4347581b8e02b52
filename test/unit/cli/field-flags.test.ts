import { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import {
  addFieldFlags,
  addTextFlags,
  chooseFields,
  fieldOptions,
  parseSparse,
  type FieldFlags,
  type TextFlags,
} from '../../../src/cli/field-flags.js'

function parse(...args: readonly string[]): TextFlags & FieldFlags {
  const command = addFieldFlags(addTextFlags(new Command()))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse([...args], { from: 'user' }).opts()
}

describe('the flags of texts and fields', () => {
  it('read lists, weights, pairs and line ends', () => {
    const flags = parse(
      ...['--text', 'title^2, body', '--id', 'no', '--rename', 'a=b,c=d', '--rename', 'e=f'],
      ...['--keep', 'x', '--keep', 'y,z', '--drop', 'html'],
    )
    expect(flags).toEqual({
      text: ['title^2', 'body'],
      id: 'no',
      rename: { a: 'b', c: 'd', e: 'f' },
      keep: ['x', 'y', 'z'],
      drop: ['html'],
    })
    expect(parse('--template', '{{a}}\\n{{b}}\\t\\\\').template).toBe('{{a}}\n{{b}}\t\\')
  })

  it('know their older names', () => {
    expect(fieldOptions(parse('--id-field', 'doi'))).toEqual({ idField: 'doi' })
    expect(chooseFields(parse('--text-fields', 'a,b'), NEW)).toMatchObject({ textFields: ['a', 'b'] })
  })

  it.each([
    [['--text', 'title^x'], 'text fields must be field names'],
    [['--text', 'a,,b'], 'field names separated by commas'],
    [['--template', 'none'], 'template must name fields in braces'],
    [['--sparse', 'title'], 'as in title=title_splade'],
    [['--sparse', 'title='], 'as in title=title_splade'],
    [['--sparse', 'a=b=c'], 'as in title=title_splade'],
    [['--rename', 'a'], 'as in headline=title'],
    [['--rename', '=a'], 'as in headline=title'],
    [['--drop', 'a,'], 'field names separated by commas'],
  ])('refuse %j', (args, rule) => {
    expect(() => parse(...args)).toThrow(rule)
  })
})

describe('parseSparse', () => {
  it('takes text fields up to each equals sign', () => {
    expect(parseSparse('title=t_splade,title^2,body=all')).toEqual([
      { field: 't_splade', textFields: ['title'] },
      { field: 'all', textFields: ['title^2', 'body'] },
    ])
  })
})

const NEW = { asked: undefined, fallback: 'splade', existing: undefined }

describe('chooseFields', () => {
  const existing = { field: 'old', textFields: ['body'], moreFields: [{ field: 'more', textFields: ['x'] }] }

  it.each([
    ['nothing', {}, NEW, { field: 'splade', textFields: ['title', 'text'] }],
    ['nothing of an index', {}, { ...NEW, existing }, existing],
    ['a field of an index', {}, { ...NEW, asked: 'new', existing }, { ...existing, field: 'new' }],
    ['texts', { text: ['a'] }, { ...NEW, asked: 'f' }, { field: 'f', textFields: ['a'] }],
    ['texts of an index', { text: ['a'] }, { ...NEW, existing }, { field: 'old', textFields: ['a'] }],
    ['a template', { template: '{{a}}' }, NEW, { field: 'splade', textFields: ['a'], template: '{{a}}' }],
    [
      'several',
      {
        sparse: [
          { field: 'a', textFields: ['x'] },
          { field: 'b', textFields: ['y'] },
        ],
      },
      NEW,
      { field: 'a', textFields: ['x'], moreFields: [{ field: 'b', textFields: ['y'] }] },
    ],
  ])('asked for %s', (_, flags, known, expected) => {
    expect(chooseFields(flags, known)).toEqual(expected)
  })

  it('refuses flags that contradict each other', () => {
    const sparse = parseSparse('a=b')
    expect(() => chooseFields({ sparse, text: ['a'] }, NEW)).toThrow('exclude each other')
    expect(() => chooseFields({ text: ['a'], template: '{{a}}' }, NEW)).toThrow('exclude each other')
    expect(() => chooseFields({ sparse }, { ...NEW, asked: 'f' })).toThrow('leave --field out')
  })
})
