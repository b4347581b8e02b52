import { describe, expect, it } from '@jest/globals'
import { tokenUses } from '../../../src/telemetry/token-uses.js'

const ENCODER = {
  locate: (text: string) => new Map(text === 'car' ? [['car', [[0, 3]] as const]] : []),
  readable: (token: string) => token.replace('##', ''),
}
const VECTOR = new Map([
  ['car', 2],
  ['##auto', 0.5],
])

describe('the tokens of a query', () => {
  it('are named as people read them, and those that the model added are marked', () => {
    expect(tokenUses(ENCODER, 'car', VECTOR)).toEqual([
      { token: 'car', weight: 2, expansion: false },
      { token: 'auto', weight: 0.5, expansion: true },
    ])
  })

  it('are not said to be added where nobody knows the text', () => {
    expect(tokenUses(ENCODER, undefined, VECTOR)).toEqual([
      { token: 'car', weight: 2 },
      { token: 'auto', weight: 0.5 },
    ])
  })
})
