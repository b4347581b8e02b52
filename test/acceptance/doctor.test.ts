import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { onlyJson, useCliHome } from './cli-process.js'

interface Report {
  readonly settings: readonly { readonly name: string; readonly value: string; readonly source: string }[]
  readonly checks: readonly { readonly name: string; readonly state: string; readonly detail: string }[]
}

/** A port of the loopback address that nothing listens on: tcpmux. */
const NOBODY = 'http://127.0.0.1:1'
const SECRET = 'correct-horse-battery'
const [ENGINE = 'opensearch-3'] = ENGINES

describe('splade-bridge doctor', () => {
  const { url, version } = testEngine(ENGINE)
  const home = useCliHome()
  const index = uniqueName('accept-doctor')

  it('finds everything well: code 0, and what is in force with its source', async () => {
    await home.run(['init', '--url', url, '--index', index, '--model', 'bm25'])
    const config = await home.write('own.json', JSON.stringify({ username: 'reader', field: 'weights' }))
    const result = await home.run(['doctor', '--url', url, '--config', config, '--json'], {
      env: { SPLADE_BRIDGE_INDEX: index, SPLADE_BRIDGE_PASSWORD: SECRET },
    })
    const { settings, checks } = onlyJson(result) as Report
    expect(result.code).toBe(0)
    expect(settings).toEqual([
      { name: 'url', value: url, source: 'command line' },
      { name: 'index', value: index, source: 'environment' },
      { name: 'model', value: 'bm25', source: 'index' },
      { name: 'field', value: 'weights', source: `configuration file ${config}` },
      { name: 'device', value: 'auto', source: 'default' },
      { name: 'username', value: 'reader', source: `configuration file ${config}` },
      { name: 'password', value: '(set, not shown)', source: 'environment' },
      { name: 'telemetry', value: 'off', source: 'default' },
    ])
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ['node', 'ok'],
      ['java', 'ok'],
      ['engine', 'ok'],
      ['model', 'ok'],
      ['index', 'ok'],
    ])
    expect(checks[2]?.detail).toContain(`opensearch ${version}`)
    expect(checks[4]?.detail).toContain('written by bm25, the fingerprints agree')
  })

  it('prints a table for people', async () => {
    const { code, out } = await home.run(['doctor', '--url', url, '--index', index])
    expect(code).toBe(0)
    expect(out).toMatch(/^Settings\n {2}url +http:\S+ +command line\n/)
    expect(out).toMatch(/\nChecks\n {2}ok +node +Node\.js \d+/)
  })

  it('fails where no engine answers, and says what to do', async () => {
    const { code, out } = await home.run(['doctor', '--url', NOBODY])
    expect(code).toBe(1)
    expect(out).toMatch(
      /FAILED +engine +cannot reach the engine at http:\/\/127\.0\.0\.1:1: .*"splade-bridge engine start"/,
    )
    expect(out).toMatch(/note +index +not checked: no engine/)
  })

  it('fails where index and model do not belong together', async () => {
    const { code, out } = await home.run([
      'doctor',
      '--url',
      url,
      '--index',
      index,
      '--model',
      'splade-tiny-en',
    ])
    expect(code).toBe(1)
    expect(out).toMatch(/FAILED +index +.*was written by model bm25 .*use it with --model bm25/)
  })

  it('fails where the model cannot be opened, and notes an index that is not there yet', async () => {
    const result = await home.run([
      'doctor',
      '--url',
      url,
      '--model',
      './nowhere',
      '--index',
      'no-such-index',
      '--json',
    ])
    const { checks } = onlyJson(result) as Report
    expect(result.code).toBe(1)
    expect(checks).toContainEqual({
      name: 'model',
      state: 'failed',
      detail: expect.stringContaining('nowhere'),
    })
    expect(checks).toContainEqual({ name: 'index', state: 'note', detail: expect.stringContaining('init') })
  })

  it.each([url, NOBODY])('never prints a secret, from wherever it comes (%s)', async (address) => {
    const withPassword = address.replace('//', `//reader:${SECRET}@more@`)
    const env = { SPLADE_BRIDGE_API_KEY: SECRET }
    const config = await home.write('secret.yaml', `password: ${SECRET}\nusername: reader\n`)
    const results = await Promise.all([
      home.run(['doctor', '--url', withPassword]),
      home.run(['doctor', '--url', withPassword, '--json']),
      home.run(['doctor', '--url', address, '--json'], { env }),
      home.run(['doctor', '--url', address, '--config', config]),
      home.run(['search', '--url', withPassword, '--index', 'no-such-index', 'query']),
    ])
    for (const { out, err } of results) {
      expect(out + err).not.toContain(SECRET)
      expect(out + err).not.toContain('more@')
    }
    expect(results[2].out).toContain('"(set, not shown)"')
  })

  it('does not repeat a secret that is no string', async () => {
    const config = await home.write('number.yaml', 'password: 9182736455\n')
    const { code, out, err } = await home.run(['doctor', '--config', config])
    expect(code).toBe(2)
    expect(err).toContain('password')
    expect(out + err).not.toContain('9182736455')
  })
})
