import { describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { byItsFlag } from '../../../src/cli/flag-names.js'
import { ConfigurationError } from '../../../src/errors.js'

/** The command that ran for these words. */
function parse(...words: readonly string[]): Command {
  const program = new Command().option('--config-file <file>')
  const start = program
    .command('start')
    .option('--heap-mb <n>')
    .option('--port <n>', 'its port', '9200')
    .action(() => undefined)
  program.parse(['start', ...words], { from: 'user' })
  return start
}

const refusal = (option: string): ConfigurationError => new ConfigurationError(option, 'must be 7', '8')

describe('byItsFlag', () => {
  it.each<[string, readonly string[], string]>([
    ['heapMb', ['--heap-mb', '8'], '--heap-mb must be 7, received "8"'],
    ['configFile', ['--config-file', '8'], '--config-file must be 7, received "8"'],
    ['port', [], 'port must be 7, received "8"'],
    ['index', ['--heap-mb', '8'], 'index must be 7, received "8"'],
  ])('names %s after %j', (option, words, message) => {
    expect(byItsFlag(refusal(option), parse(...words))).toEqual(
      expect.objectContaining({ message, code: 'CONFIGURATION' }),
    )
  })

  it('leaves other errors, and those before any command ran', () => {
    const other = new Error('heapMb')
    expect(byItsFlag(other, parse('--heap-mb', '8'))).toBe(other)
    expect(byItsFlag(refusal('heapMb'), undefined)).toMatchObject({ option: 'heapMb' })
  })
})
