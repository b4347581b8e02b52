import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { onlyJson, useCliHome } from './cli-process.js'

const COMMANDS = [
  'quickstart',
  'engine',
  'engine start',
  'engine stop',
  'engine status',
  'engine list',
  'model',
  'model list',
  'model info',
  'model add',
  'model verify',
  'model remove',
  'model quantize',
  'encode',
  'encoder',
  'encoder serve',
  'proxy',
  'init',
  'index',
  'enrich',
  'reindex',
  'delete',
  'search',
  'explain',
  'inspect',
  'ui',
  'eval',
  'compare',
  'dashboards',
  'dashboards export',
  'dashboards install',
  'doctor',
]

/** Command lines, and a part of what is said about them. */
const MISTAKES: readonly (readonly [readonly string[], string])[] = [
  [['serch'], 'Did you mean search?'],
  [['serch', '--help'], 'Did you mean search?'],
  [['help', 'serch'], 'Did you mean search?'],
  [['search'], "missing required argument 'query'"],
  [['encode', '--modle', 'bm25', 'text'], 'Did you mean --model?'],
  [['encode', '--top', 'many', 'text'], 'whole number'],
  [['encode', '--query', '--document', 'text'], '--query and --document exclude each other'],
  [['encode', '--model', 'nope', 'text'], 'bm25, ko-en-mini, splade-tiny-en'],
  [['encoder', 'serve'], 'the terms of ko-en-mini are words'],
  [['eval'], "required option '--dataset <folder>' not specified"],
  [['search', '--prune', 'top=3', 'text'], 'max_ratio, top_k, abs_value, alpha_mass'],
  [['search', '--min-score', 'high', 'text'], 'must be a number'],
  [['init', '--text-fields', 'title,,body'], 'separated by commas'],
  [['engine', 'start', '--engine', 'solr'], 'opensearch-3, opensearch-2'],
  [['engine', 'start', '--port', '70000'], 'port must be a whole number from 0 to 65535'],
  [['--config', 'gone.yaml', 'doctor'], 'gone.yaml'],
  [['index', 'gone.jsonl'], 'there is no file gone.jsonl'],
  [['delete'], 'in one way: ids, --ids FILE, --query or --all'],
  [['delete', 'a', '--all'], 'in one way'],
  [['delete', '--query', '{'], 'a query of the engine in JSON'],
  [['index', '.'], 'folder . has no file whose name tells a format'],
]

const ESCAPE = String.fromCharCode(27)

describe('the command line', () => {
  const home = useCliHome()

  it('names every command, the sources of settings and the exit codes in its help', async () => {
    const { code, out } = await home.run(['--help'])
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(out).toContain(command.split(' ')[0])
    expect(out).toContain('SPLADE_BRIDGE_')
    expect(out.replaceAll('\n', ' ')).toMatch(/Exit codes: 0 done, 1 failed, 2 .*, 75 .*, 130 interrupted/)
  })

  it('explains every command with an example that uses it', async () => {
    const helps = await Promise.all(
      COMMANDS.map(async (command) => ({ command, ...(await home.run([...command.split(' '), '--help'])) })),
    )
    for (const { command, code, out } of helps) {
      expect([command, code]).toEqual([command, 0])
      expect(out).toContain(`Usage: splade-bridge ${command}`)
      expect(out.slice(out.indexOf('\nExample'))).toContain(`$ splade-bridge ${command}`)
      expect(out).not.toMatch(/undefined|\[object|default: \{\}/)
    }
  })

  it('refuses what cannot be with code 2, and says why', async () => {
    const refusals = await Promise.all(
      MISTAKES.map(async ([args, reason]) => ({ args, reason, ...(await home.run(args)) })),
    )
    for (const { args, reason, code, out, err } of refusals) {
      expect({ args, code, out }).toEqual({ args, code: 2, out: '' })
      expect(err).toContain(reason)
      expect(err).not.toContain('    at ')
    }
  })

  it('prints its version', async () => {
    expect(await home.run(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('has no escape codes in a pipe, has them with FORCE_COLOR, and obeys NO_COLOR before that', async () => {
    const encode = ['encode', '--model', 'bm25', 'text']
    expect((await home.run(encode)).out).not.toContain(ESCAPE)
    expect((await home.run(encode, { env: { FORCE_COLOR: '1' } })).out).toContain(ESCAPE)
    const both = await home.run(encode, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })
    expect(both.out).not.toContain(ESCAPE)
  })

  it('ends quietly when the reader of its output has seen enough', async () => {
    const { child, result } = home.start(['encode', '--json', '--model', 'bm25'])
    child.stdin.on('error', () => undefined)
    child.stdin.end('a line of text that is long enough to fill a pipe\n'.repeat(20_000))
    child.stdout.once('data', () => child.stdout.destroy())
    const { code, err } = await result
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  it('ends at Ctrl-C while it waits for standard input', async () => {
    const { child, result } = home.start(['encode', '--model', 'bm25'])
    // More than a pipe holds: once it is gone, the command is reading, and listens for signals.
    await new Promise((resolve) => child.stdin.write('a line\n'.repeat(100_000), resolve))
    child.kill('SIGINT')
    expect(await result).toMatchObject({
      code: 130,
      out: '',
      err: expect.stringMatching(/\ninterrupted\n$/),
    })
  })
})

describe('splade-bridge model', () => {
  const home = useCliHome()

  it('lists what is built in, bundled and added, and does not let a broken folder hide the rest', async () => {
    const broken = join(home.path, '../data/splade-bridge/models/half-copied')
    await mkdir(broken, { recursive: true })
    await writeFile(join(broken, 'config.json'), '{}')
    const models = onlyJson(await home.run(['model', 'list', '--json'])) as readonly Record<string, unknown>[]
    expect(models.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bm25', 'ko-en-mini', 'splade-tiny-en']),
    )
    expect(models.find(({ name }) => name === 'splade-tiny-en')).toMatchObject({ vocabularySize: 30_522 })
    expect(models.find(({ name }) => name === 'ko-en-mini')).toMatchObject({ kind: 'gated-lexical' })
    const { out } = await home.run(['model', 'list'])
    expect(out).toMatch(/^half-copied +added +cannot be used: .*half-copied/m)
  })

  it('describes a model, and says what is missing in a folder that is none', async () => {
    const model = onlyJson(await home.run(['model', 'info', 'splade-tiny-en', '--json']))
    expect(model).toMatchObject({ name: 'splade-tiny-en', kind: 'bert', maxTokens: 512 })
    const own = onlyJson(await home.run(['model', 'info', 'ko-en-mini', '--json']))
    expect(own).toMatchObject({ kind: 'gated-lexical', vocabularySize: 9368, precision: 'int8' })
    const none = await home.run(['model', 'info', '.'])
    expect(none).toMatchObject({ code: 1, out: '' })
    expect(none.err).toContain('config.json')
  })
})
