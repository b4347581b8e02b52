import { describe, expect, it } from '@jest/globals'
import { atLeast } from '../../../src/engine/version.js'

describe('atLeast', () => {
  it.each([
    ['8.0.0', '8.0.0', true],
    ['10.0.0', '9.9.9', true],
    ['7.12.0', '7.2.0', true],
    ['7.9.3', '7.12.0', false],
    ['2.12', '2.12.0', true],
    ['2', '2.12.0', false],
    ['3.0.0-SNAPSHOT', '3.0.0', true],
    ['3.0.0-beta.9', '3.0.1', false],
    ['', '1.0.0', false],
  ])('%s against %s: %s', (version, minimum, expected) => {
    expect(atLeast(version, minimum)).toBe(expected)
  })
})
