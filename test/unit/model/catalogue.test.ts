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
