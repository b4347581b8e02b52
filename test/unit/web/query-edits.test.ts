import { expect, it } from '@jest/globals'
import { editedTokens, editOf, type QueryEdits, withEdit } from '../../../web/src/query-edits.js'

const CAR = { token: 'car', text: 'car', feature: 'car', weight: 3, spans: [[0, 3]] as const }
const AUTO = { token: 'auto', text: 'auto', feature: 'auto', weight: 1, spans: [] }
const NONE: QueryEdits = new Map()

it('leaves the weights to the model where nothing was changed', () => {
  expect(editedTokens([CAR, AUTO], NONE)).toBeUndefined()
  expect(editOf(NONE, CAR)).toEqual({ weight: 3, isOn: true })
})

it('leaves out what is switched off or has no weight, and keeps the rest', () => {
  const off = withEdit(NONE, CAR, { weight: 3, isOn: false })
  expect(editedTokens([CAR, AUTO], off)).toEqual([{ token: 'auto', weight: 1 }])
  const nought = withEdit(off, AUTO, { weight: 0, isOn: true })
  expect(editedTokens([CAR, AUTO], nought)).toEqual([])
})

it('remembers the weight of a token that is off', () => {
  const edits = withEdit(NONE, CAR, { weight: 5, isOn: false })
  expect(editOf(edits, CAR)).toEqual({ weight: 5, isOn: false })
})

it('takes an edit back to the weight of the model for none', () => {
  const edits = withEdit(NONE, CAR, { weight: 5, isOn: true })
  expect(withEdit(edits, CAR, { weight: 3, isOn: true }).size).toBe(0)
})
