import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from '@jest/globals'
import { addSettings, isSecret, resolveSettings, SETTINGS } from '../../../src/cli/settings.js'
import { useTemporaryFolder } from '../../model-folder.js'

describe('resolveSettings', () => {
  const folder = useTemporaryFolder()
  const configFile = async (name: string, text: string): Promise<string> => {
    const path = join(folder.path, name)
    await writeFile(path, text)
    return path
  }

  it('takes the command line before the environment before the file before the default', async () => {
    const config = await configFile('all.json', '{"url":"http://c","index":"c","model":"c"}')
    const environment = { SPLADE_BRIDGE_URL: 'http://b', SPLADE_BRIDGE_INDEX: 'b' }
    const { values, configFile: used } = await resolveSettings({ url: 'http://a' }, environment, config)
    expect(Object.fromEntries(values)).toEqual({
      url: { value: 'http://a', source: 'command line' },
      index: { value: 'b', source: 'environment' },
      model: { value: 'c', source: 'configuration file' },
      field: { value: 'splade', source: 'default' },
      device: { value: 'auto', source: 'default' },
      telemetry: { value: 'off', source: 'default' },
    })
    expect(used).toBe(config)
  })

  it('takes an empty variable for none', async () => {
    const { values } = await resolveSettings(
      {},
      { SPLADE_BRIDGE_INDEX: '' },
      await configFile('none.json', '{}'),
    )
    expect(values.get('index')).toEqual({ value: 'splade', source: 'default' })
  })

  it('reads YAML', async () => {
    const config = await configFile('own.yaml', 'index: articles\n')
    expect((await resolveSettings({}, {}, config)).values.get('index')?.value).toBe('articles')
  })

  it('takes a number for the threads', async () => {
    const config = await configFile('threads.yaml', 'threads: 4\n')
    expect((await resolveSettings({}, {}, config)).values.get('threads')?.value).toBe('4')
  })

  it('has no file where the file is empty', async () => {
    const config = await configFile('empty.yaml', '')
    expect((await resolveSettings({}, {}, config)).configFile).toBeUndefined()
  })

  it.each([
    ['an unknown name', '{"idnex":"a"}', /"idnex" must be one of url, index, model/],
    ['a list', '["index"]', /must hold an object/],
    ['a number', '{"index":5}', /^index in .*bad\.json must be a string, received 5$/],
    ['null', '{"url":null}', /^url in .*bad\.json must be a string, received null$/],
    ['broken JSON', '{"index":', /^configuration file cannot be read: .*bad\.json/s],
  ])('refuses %s, naming the file', async (_, text, message) => {
    await expect(resolveSettings({}, {}, await configFile('bad.json', text))).rejects.toThrow(message)
  })

  it('lets a better source stand in for a bad value of a worse one', async () => {
    const config = await configFile('number.json', '{"index":5}')
    const { values } = await resolveSettings({ index: 'a' }, {}, config)
    expect(values.get('index')?.value).toBe('a')
  })

  it('names a file that is not there', async () => {
    await expect(resolveSettings({}, {}, join(folder.path, 'gone.yaml'))).rejects.toThrow(/gone\.yaml/)
  })

  it.each(['password', 'apiKey', 'encoderKey'])('never repeats a bad %s', async (name) => {
    const config = await configFile('secret.json', `{"${name}":918273}`)
    const failure = await resolveSettings({}, {}, config).catch((error: unknown) => String(error))
    expect(failure).toContain(`${name} in ${config} must be a string`)
    expect(failure).not.toContain('918273')
  })
})

describe('the table of settings', () => {
  it('has no flag for secrets, and for secrets only', () => {
    const names = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]
    expect(names.filter(isSecret).sort()).toEqual(['apiKey', 'encoderKey', 'password'])
  })

  it('adds flags that name their variable and default', () => {
    const command = addSettings(new Command(), ['index', 'password', 'username', 'precision'])
    expect(command.options.map(({ flags, description }) => [flags, description])).toEqual([
      ['--index <name>', 'index to write or search (env: SPLADE_BRIDGE_INDEX, default: splade)'],
      ['--username <name>', 'user for basic authentication (env: SPLADE_BRIDGE_USERNAME)'],
      [
        '--precision <f32|f16|int8|int8-block>',
        'weights to encode with; "model quantize" makes them (env: SPLADE_BRIDGE_PRECISION, ' +
          "default: those that wrote the index, or the model's own)",
      ],
    ])
  })
})
