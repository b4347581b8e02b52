import { cp, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HUB_COMMIT, type HubServer, startHubServer } from '../hub-server.js'
import { type CliResult, onlyJson, useCliHome } from './cli-process.js'

const BUNDLED = join(import.meta.dirname, '../../models/splade-tiny-en')
const ID = 'somebody/tiny'

describe('splade-bridge model', () => {
  const home = useCliHome()
  let hub: HubServer
  beforeAll(async () => {
    hub = await startHubServer(ID, BUNDLED)
  })
  afterAll(() => hub.close())
  beforeEach(() => {
    hub.requests.length = 0
    hub.behaviour.cutAfter.clear()
    hub.behaviour.requiredToken = undefined
  })
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
    home.run(['model', ...args], { env: { HF_ENDPOINT: hub.url, HF_TOKEN: '', ...env } })
  const modelsFolder = (): string => join(home.path, '../data/splade-bridge/models')
  const names = async (): Promise<readonly unknown[]> => {
    const models = onlyJson(await run(['list', '--json'])) as readonly Record<string, unknown>[]
    return models.filter(({ origin }) => origin === 'added').map(({ name }) => name)
  }

  it('adds a model from a hub that then encodes like the original, verifies and removes it', async () => {
    const added = await run(['add', ID, '--json'])
    expect(added).toMatchObject({ code: 0, err: expect.stringContaining(`downloading ${ID}`) })
    expect(onlyJson(added)).toMatchObject({ name: 'tiny', source: ID, revision: 'main', commit: HUB_COMMIT })
    expect(await names()).toEqual(['tiny'])
    const encode = (model: string): Promise<CliResult> =>
      home.run(['encode', '--json', '--model', model, 'a red bicycle in the rain'])
    expect((await encode('tiny')).out).toBe((await encode('splade-tiny-en')).out)
    expect(await run(['verify', 'tiny'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('12 files as in splade-bridge.json'),
    })
    expect(await run(['add', ID])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/name is taken.*--name.*--force/),
    })
    expect(await run(['remove', 'tiny'])).toEqual({ code: 0, out: 'removed tiny\n', err: '' })
    expect(await names()).toEqual([])
    expect(await readdir(modelsFolder())).toEqual([])
  })

  it('goes on with an interrupted download, and shows no model before', async () => {
    hub.behaviour.cutAfter.set('model.safetensors', 4_000_000)
    const first = await run(['add', ID, '--name', 'resumed'])
    expect(first).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/interrupted after \d+ of 17671552 bytes; run the same command again/),
    })
    expect(first.err).not.toContain('    at ')
    expect(await names()).toEqual([])
    hub.behaviour.cutAfter.clear()
    expect(await run(['add', ID, '--name', 'resumed'])).toMatchObject({ code: 0 })
    expect(hub.requests.map(({ range }) => range)).toContainEqual(
      expect.stringMatching(/^bytes=[1-9]\d+-17671551$/),
    )
    expect(await run(['verify', 'resumed'])).toMatchObject({ code: 0 })
    hub.behaviour.cutAfter.set('model.safetensors', 4_000_000)
    await run(['add', ID, '--name', 'given-up'])
    expect((await run(['remove', 'given-up'])).out).toBe('removed the unfinished download of given-up\n')
    await run(['remove', 'resumed'])
  })

  it('says how to reach a gated model, sends the token of HF_TOKEN and never prints it', async () => {
    hub.behaviour.requiredToken = 'hf_rightToken'
    const without = await run(['add', ID])
    expect(without).toMatchObject({
      code: 1,
      err: expect.stringMatching(/401.*accept its licence at http.*somebody\/tiny, then set HF_TOKEN/),
    })
    const wrong = await run(['add', ID], { HF_TOKEN: 'hf_wrongToken' })
    const right = await run(['add', ID, '--name', 'gated'], { HF_TOKEN: 'hf_rightToken' })
    const malformed = await run(['add', ID], { HF_TOKEN: 'wrongToken' })
    expect([wrong.code, right.code, malformed.code]).toEqual([1, 0, 2])
    for (const { out, err } of [wrong, right, malformed]) expect(out + err).not.toMatch(/(right|wrong)Token/)
    expect(hub.requests.map(({ authorization }) => authorization)).toContain('Bearer hf_rightToken')
    await run(['remove', 'gated'])
  })

  it.each([
    [['add', 'no body/tiny'], 2, 'an id such as'],
    [['add', 'nobody/tiny'], 1, 'there is no model nobody/tiny'],
    [['add', ID, '--revision', 'v9'], 1, 'has no revision "v9"'],
    [['add', ID, '--endpoint', 'ftp://hub'], 2, 'http or https'],
    [['add', ID, '--endpoint', 'http://me:pass@hub'], 2, 'no user or password'],
    [['add', ID, '--name', '../x'], 2, 'must be letters'],
    [['add', ID, '--name', 'bm25'], 2, 'belongs to splade-bridge itself'],
    [['add', '.', '--name', 'here'], 1, 'it has no config.json'],
    [['add', './gone'], 1, 'ENOENT'],
    [['add', '.', '--revision', 'main'], 2, 'is a folder'],
    [['verify', 'bm25'], 2, 'has no files'],
    [['remove', 'splade-tiny-en'], 2, 'cannot be removed'],
    [['remove', '../../etc'], 2, 'must be letters'],
    [['remove', 'gone'], 2, 'a model that was added'],
  ])('refuses %j with code %d', async (args, code, reason) => {
    const result = await run(args)
    expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(reason) })
    expect(result.err).not.toMatch(/ {4}at |me:pass/)
  })

  it('copies a folder, and names the file in which a byte has changed since', async () => {
    await cp(BUNDLED, join(home.path, 'own'), { recursive: true })
    await writeFile(join(home.path, 'own/notes.txt'), 'not of the model')
    expect(await run(['add', './own'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('added own (12 files, 18.4 MB)'),
    })
    expect(await readdir(join(modelsFolder(), 'own'))).not.toContain('notes.txt')
    const path = join(modelsFolder(), 'own/model.safetensors')
    const before = await readFile(path)
    const file = await open(path, 'r+')
    await file.write(Buffer.from([before[9_000_000]! ^ 1]), 0, 1, 9_000_000)
    await file.close()
    expect(await run(['verify', 'own'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('model.safetensors has another content'),
    })
  })

  it('lists known models with the command that adds each', async () => {
    const { out } = await run(['list', '--available'])
    expect(out).toMatch(/^splade-bridge model add telepix\/PIXIE-Splade-Preview +apache-2.0 +Korean/)
    expect(onlyJson(await run(['list', '--available', '--json']))).toHaveLength(out.trim().split('\n').length)
  })
})
