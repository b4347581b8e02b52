import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { CATALOGUE } from '../../../src/model/catalogue.js'

it('begins with the reference model, names each model once, and cannot be changed', () => {
  const ids = CATALOGUE.map(({ id }) => id)
  expect(ids[0]).toBe('telepix/PIXIE-Splade-Preview')
  expect(new Set(ids).size).toBe(ids.length)
  expect(Object.isFrozen(CATALOGUE) && CATALOGUE.every((entry) => Object.isFrozen(entry))).toBe(true)
})

it.each(CATALOGUE.map((entry) => [entry.id, entry] as const))('says what %s may be used for', (id, entry) => {
  expect(id).toMatch(/^[\w-]+\/[\w.-]+$/)
  expect(entry.licence).toMatch(/^[a-z0-9.-]+$/)
  if (entry.licence.includes('-nc-')) expect(entry.notes).toContain('no commercial use')
})

it('is the table of docs/models.md, in the same order', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/models.md'), 'utf8')
  const [, section = ''] = page.split('## Known models')
  const [table = ''] = section.split('###')
  const rows = [...table.matchAll(/^\| `([\w-]+\/[\w.-]+)` +\| ([\w.-]+) /gm)]
  const shown = CATALOGUE.map(({ id, licence }) => [id, licence])
  expect(rows.map(([, id, licence]) => [id, licence?.toLowerCase()])).toEqual(shown)
})
