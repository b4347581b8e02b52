import { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import { addLimitFlags, proxyLimits } from '../../../src/cli/proxy-limit-flags.js'
import { DEFAULT_LIMITS, normalizeLimits } from '../../../src/proxy/http/limits.js'

function parse(...args: readonly string[]): Command {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  return addLimitFlags(command).parse([...args], { from: 'user' })
}

describe('limits on the command line', () => {
  it('are the defaults unless given', () => {
    expect(normalizeLimits(proxyLimits(parse().opts()))).toEqual(DEFAULT_LIMITS)
  })

  it('can be set, each, with times in seconds', () => {
    const options = parse().options.map(({ long, flags }) => [long ?? '', flags] as const)
    expect(options).toHaveLength(Object.keys(DEFAULT_LIMITS).length)
    const given = parse(...options.flatMap(([long]) => [long, '7']))
    const limits = proxyLimits(given.opts())
    for (const name of Object.keys(DEFAULT_LIMITS) as (keyof typeof DEFAULT_LIMITS)[])
      expect([name, limits[name]]).toEqual([name, name.endsWith('Ms') ? 7_000 : 7])
  })

  it.each([
    ['--max-requests', '0', 'It must be a whole number from 1 on.'],
    ['--idle-timeout', '0', 'It must be a whole number from 1 on.'],
    ['--max-buffered', '1.5', 'It must be a whole number.'],
    ['--answer-timeout', '2147484', 'It must be at most 2147483 seconds.'],
  ])('are refused by name: %s %s', (flag, value, message) => {
    expect(() => parse(flag, value)).toThrow(message)
    expect(() => parse(flag, value)).toThrow(flag)
  })

  it.each(['--max-body', '--answer-timeout', '--drain-timeout'])('may be 0: %s', (flag) => {
    expect(Object.values(proxyLimits(parse(flag, '0').opts()))).toEqual([0])
  })
})
