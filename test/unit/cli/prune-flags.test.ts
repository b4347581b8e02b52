import { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import { addPruneFlag } from '../../../src/cli/prune-flags.js'

function parse(...args: string[]): unknown {
  const command = addPruneFlag(new Command(), 'query')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse(args, { from: 'user' }).opts().prune
}

describe('--prune', () => {
  it('is absent by default', () => {
    expect(parse()).toBeUndefined()
  })

  it.each([
    ['max_ratio=0.1', { maxRatio: 0.1 }],
    ['top_k=200', { topK: 200 }],
    ['abs_value=0.05', { minWeight: 0.05 }],
    ['alpha_mass=0.95', { alphaMass: 0.95 }],
  ])('understands %s', (rule, options) => {
    expect(parse('--prune', rule)).toEqual(options)
  })

  it('gathers rules, the last of a kind wins', () => {
    const rules = ['top_k=200', 'max_ratio=0.1', 'top_k=5'].flatMap((rule) => ['--prune', rule])
    expect(parse(...rules)).toEqual({ topK: 5, maxRatio: 0.1 })
  })

  it.each([
    ['top=3', 'must be one of max_ratio, top_k, abs_value, alpha_mass'],
    ['top_k', 'must be one of'],
    ['top_k=', 'must be one of'],
    ['constructor=1', 'must be one of'],
    ['top_k=1.5', 'topK must be an integer >= 1'],
    ['top_k=many', 'topK must be an integer >= 1'],
    ['max_ratio=2', 'maxRatio must be a number from 0 to 1'],
    ['abs_value=0', 'minWeight must be a finite number > 0'],
  ])('refuses %s', (rule, message) => {
    expect(() => parse('--prune', rule)).toThrow(message)
  })
})
