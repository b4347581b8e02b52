import { describe, expect, it } from '@jest/globals'
import { readable } from '../../../../web/src/dashboards/values.js'

describe('readable figures', () => {
  it.each([
    [1234, 'count', '1,234'],
    [0.256, 'part', '25.6%'],
    [12_500_000, 'ns', '12.50'],
    [0.25, 'number', '0.2500'],
    [154.04, 'ms', '154.0'],
    [null, 'ms', '–'],
    ['심장', 'number', '심장'],
  ] as const)('write %p, %s, as %s', (value, unit, text) => {
    expect(readable(value, unit, 'en')).toBe(text)
  })
})
