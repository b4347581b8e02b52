import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadNeuralEncoder } from '../../../../src/encoder/load.js'
import { loadModelBundle } from '../../../../src/model/bundle.js'
import { type AddProgress, addModelFromFolder, addModelFromHub } from '../../../../src/model/hub/add-model.js'
import { discardUnfinished, removeModel } from '../../../../src/model/hub/staging.js'
import { verifyModel } from '../../../../src/model/hub/verify-model.js'
import { HUB_COMMIT, type HubServer, startHubServer } from '../../../hub-server.js'
import { useTemporaryFolder, writeFiles } from '../../../model-folder.js'

const BUNDLED = join(import.meta.dirname, '../../../../models/splade-tiny-en')
const ID = 'somebody/tiny'
const WEIGHTS = 'model.safetensors'

describe('a model from a hub', () => {
  const folder = useTemporaryFolder()
  let hub: HubServer
  let modelsFolder = ''
  let run = 0
  beforeEach(async () => {
    hub = await startHubServer(ID, BUNDLED)
    modelsFolder = join(folder.path, `models-${++run}`)
  })
  afterEach(() => hub.close())
  const add = (options: object = {}) =>
    addModelFromHub(ID, { modelsFolder, name: 'tiny', endpoint: hub.url, ...options })
  const visible = async (): Promise<readonly string[]> => {
    const names = await readdir(modelsFolder).catch(() => [])
    return names.filter((name) => !name.startsWith('.'))
  }

  it('encodes like the original, and records where it came from', async () => {
    const seen: AddProgress[] = []
    const added = await add({ onProgress: (progress: AddProgress) => seen.push(progress) })
    const original = await loadModelBundle(BUNDLED)
    expect(added).toMatchObject({ name: 'tiny', fingerprint: original.fingerprint })
    expect(added.manifest).toMatchObject({
      source: ID,
      endpoint: hub.url,
      revision: 'main',
      commit: HUB_COMMIT,
    })
    expect(added.manifest.files[WEIGHTS]).toEqual({
      bytes: 17_671_552,
      sha256: createHash('sha256')
        .update(await readFile(join(BUNDLED, WEIGHTS)))
        .digest('hex'),
    })
    const text = 'a red bicycle in the rain'
    const [copy, first] = await Promise.all(
      [added.directory, BUNDLED].map(async (model) => {
        const encoder = await loadNeuralEncoder(await loadModelBundle(model))
        const [encoding] = await encoder.encodeDocuments([text])
        await encoder.close()
        return encoding?.vector
      }),
    )
    expect(copy?.size).toBeGreaterThan(0)
    expect(copy).toEqual(first)
    expect(seen.at(-1)?.bytes).toBe(seen.at(-1)?.totalBytes)
    expect(await readdir(modelsFolder)).toEqual(['tiny'])
  })

  it('takes only the files that a model needs', async () => {
    hub.behaviour.files.set('pytorch_model.bin', Buffer.alloc(10))
    hub.behaviour.files.set('onnx/model.onnx', Buffer.alloc(10))
    const { manifest } = await add()
    expect(Object.keys(manifest.files)).not.toEqual(expect.arrayContaining(['pytorch_model.bin']))
    const fetched = hub.requests.filter(({ path }) => path.includes('/resolve/'))
    expect(fetched.some(({ path }) => /pytorch|onnx/.test(path))).toBe(false)
  })

  it('says that an interrupted download can go on, shows nothing, and then asks for the rest only', async () => {
    hub.behaviour.cutAfter.set(WEIGHTS, 5_000_000)
    await expect(add()).rejects.toThrow(/interrupted after \d+ of 17671552 bytes; run the same command again/)
    expect(await visible()).toEqual([])
    const parts = await readdir(join(modelsFolder, '.adding/tiny'))
    expect(parts).toContainEqual(expect.stringMatching(/^model\.safetensors\.[0-9a-f]{16}\.part$/))
    hub.behaviour.cutAfter.clear()
    hub.requests.length = 0
    await add()
    const content = hub.requests.filter(({ path, range }) => path.endsWith(WEIGHTS) && range !== 'bytes=0-0')
    expect(content).toEqual([
      expect.objectContaining({ range: expect.stringMatching(/^bytes=[1-9]\d+-17671551$/) }),
    ])
    expect(hub.requests.some(({ path }) => path.endsWith('LICENSE'))).toBe(false)
    expect(await visible()).toEqual(['tiny'])
  })

  it('can be given up after an interruption', async () => {
    hub.behaviour.cutAfter.set(WEIGHTS, 1_000_000)
    await expect(add()).rejects.toThrow('interrupted')
    expect(await discardUnfinished(modelsFolder, 'tiny')).toBe(true)
    expect(await readdir(modelsFolder)).toEqual([])
    expect(await discardUnfinished(modelsFolder, 'tiny')).toBe(false)
  })

  it('begins again where a server ignores ranges', async () => {
    hub.behaviour.cutAfter.set(WEIGHTS, 1_000_000)
    await expect(add()).rejects.toThrow('interrupted')
    hub.behaviour.cutAfter.clear()
    hub.behaviour.ignoresRanges = true
    const { directory } = await add()
    expect(await verifyModel(directory)).toMatchObject({ statedIn: 'splade-bridge.json' })
  })

  it.each([WEIGHTS, 'config.json'])(
    'refuses a wrong checksum of %s, and keeps nothing of it',
    async (file) => {
      hub.behaviour.wrongChecksums.set(file, 'ab'.repeat(file === WEIGHTS ? 32 : 20))
      await expect(add()).rejects.toThrow(new RegExp(`^${file} of ${ID} did not arrive .* instead of abab`))
      expect(await visible()).toEqual([])
      const left = await readdir(join(modelsFolder, '.adding/tiny'))
      expect(left.filter((name) => name.startsWith(file))).toEqual([])
    },
  )

  it.each([
    [401, /refuses somebody\/tiny \(401\).*accept its licence at http.*set HF_TOKEN/],
    [403, /\(403\)/],
    [404, /there is no model somebody\/tiny/],
    [429, /too many requests/],
    [503, /status 503 .*later/],
  ])('explains status %d', async (status, message) => {
    hub.behaviour.status = status
    await expect(add()).rejects.toThrow(message)
    await expect(add()).rejects.toMatchObject({ code: 'HUB', status })
  })

  it('says which revision is missing', async () => {
    await expect(add({ revision: 'v9' })).rejects.toThrow('has no revision "v9"')
  })

  it('sends the token, and never shows it', async () => {
    hub.behaviour.requiredToken = 'hf_secret'
    const error = await add({ token: 'hf_other' }).catch((reason: unknown) => reason)
    expect(String(error)).toContain('the account that the token in HF_TOKEN belongs to')
    expect(JSON.stringify([error, String(error)])).not.toContain('hf_other')
    await add({ token: 'hf_secret' })
    expect(await readFile(join(modelsFolder, 'tiny/splade-bridge.json'), 'utf8')).not.toContain('hf_secret')
    await expect(add({ name: 'b', token: 'secret' })).rejects.not.toThrow('"secret"')
  })

  it('says that there is no network', async () => {
    await expect(add({ endpoint: 'http://127.0.0.1:1' })).rejects.toThrow(
      /cannot fetch .*(ECONNREFUSED|bad port).*network/,
    )
  })

  it.each(['config.json', 'tokenizer.json', WEIGHTS])('refuses a repository without %s', async (file) => {
    hub.behaviour.files.delete(file)
    await expect(add()).rejects.toThrow(/it has no .*; found .*LICENSE/)
    expect(hub.requests.some(({ path }) => path.includes('/resolve/'))).toBe(false)
  })

  it.each(['../config.json', '/etc/config.json', 'a\\b/config.json', 'x/../../idf.json'])(
    'refuses the listed path %j',
    async (path) => {
      hub.behaviour.extraPaths = [path]
      await expect(add()).rejects.toThrow('unsafe path')
      expect(await visible()).toEqual([])
    },
  )

  it('keeps nothing of files that arrive well and are no model', async () => {
    hub.behaviour.files.set('config.json', Buffer.from('{"model_type":"unheard-of"}'))
    await expect(add()).rejects.toThrow('unheard-of')
    expect(await visible()).toEqual([])
  })

  it('does not take a name twice, unless it is to replace', async () => {
    await add()
    await expect(add()).rejects.toThrow('name is taken')
    hub.behaviour.files.set('README.md', Buffer.from('another'))
    const { directory } = await add({ replace: true })
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toBe('another')
    expect(await readdir(modelsFolder)).toEqual(['tiny'])
  })

  it.each(['..', '.adding', 'a/b', '', '../x'])('refuses the name %j', async (name) => {
    await expect(add({ name })).rejects.toThrow('name must be letters')
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const adding = add({
      signal: controller.signal,
      onProgress: () => {
        controller.abort()
      },
    })
    await expect(adding).rejects.toMatchObject({ name: 'AbortError' })
    expect(await visible()).toEqual([])
  })
})

describe('a model from a folder', () => {
  const folder = useTemporaryFolder()
  const target = (name: string) => ({ modelsFolder: join(folder.path, 'models'), name })

  it('is copied without what it does not need, and verified', async () => {
    const source = join(folder.path, 'source')
    await cp(BUNDLED, source, { recursive: true })
    await writeFiles(source, { 'optimizer.pt': 'x', 'checkpoint-1/a/b/config.json': '{}' })
    const { directory, manifest } = await addModelFromFolder(source, target('copied'))
    expect(await readdir(directory)).not.toContain('optimizer.pt')
    expect(manifest).toMatchObject({ source })
    expect(await verifyModel(directory)).toMatchObject({ files: 12, statedIn: 'splade-bridge.json' })
  })

  it('is refused if it is not what its own SHA256SUMS says', async () => {
    const source = join(folder.path, 'changed')
    await cp(BUNDLED, source, { recursive: true })
    await writeFile(join(source, 'sentence_bert_config.json'), '{}')
    await expect(addModelFromFolder(source, target('changed'))).rejects.toThrow(
      'is not what SHA256SUMS says: sentence_bert_config.json has another content',
    )
    expect(await readdir(join(folder.path, 'models'))).not.toContain('changed')
  })

  it('is refused if there is nothing', async () => {
    await expect(addModelFromFolder(join(folder.path, 'gone'), target('gone'))).rejects.toThrow('ENOENT')
  })
})

describe('removing', () => {
  const folder = useTemporaryFolder()

  it('takes the model and nothing beside it', async () => {
    const modelsFolder = join(folder.path, 'models')
    for (const name of ['one', 'two']) await addModelFromFolder(BUNDLED, { modelsFolder, name })
    await removeModel(modelsFolder, 'one')
    expect(await readdir(modelsFolder)).toEqual(['two'])
  })

  it.each(['..', '../models', '', '/'])('refuses the name %j', async (name) => {
    await expect(removeModel(folder.path, name)).rejects.toThrow('name must be letters')
    await expect(discardUnfinished(folder.path, name)).rejects.toThrow('name must be letters')
  })
})

describe('verifying', () => {
  const folder = useTemporaryFolder()
  let directory = ''
  beforeEach(async () => {
    const name = 'tiny'
    ;({ directory } = await addModelFromFolder(BUNDLED, {
      modelsFolder: join(folder.path, 'models'),
      name,
      replace: true,
    }))
  })

  it('finds one flipped bit', async () => {
    const path = join(directory, WEIGHTS)
    const bytes = await readFile(path)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(path, bytes)
    await expect(verifyModel(directory)).rejects.toThrow(
      'model.safetensors has another content than its sha256',
    )
  })

  it('names each file that is shorter or missing', async () => {
    await truncate(join(directory, WEIGHTS), 100)
    await rm(join(directory, 'tokenizer.json'))
    await expect(verifyModel(directory)).rejects.toThrow(
      /model\.safetensors has 100 bytes instead of 17671552; tokenizer\.json is missing/,
    )
  })

  it('takes the checksums of a bundled model', async () => {
    expect(await verifyModel(BUNDLED)).toMatchObject({ files: 10, statedIn: 'SHA256SUMS' })
  })
})
