import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { readIndexMeta } from '../../../src/engine/index-meta.js'
import { readIndexSettings } from '../../../src/engine/index-settings.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { relaxSettings, restoreSettings } from '../../../src/indexer/load-settings.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type FaultProxy, startFaultProxy } from '../../fault-proxy.js'

const encoder = createLexicalEncoder()

async function* records(): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < 100; number++)
    yield await Promise.resolve(Buffer.from(`{"_id":"d${number}","text":"text ${number}"}\n`))
}

describe.each(NEWEST_ENGINES)('settings that a load puts off, on %s', (id) => {
  let client: EngineClient
  let index: string
  let proxy: FaultProxy | undefined

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  beforeEach(() => {
    index = uniqueName('relaxed')
  })
  afterEach(async () => {
    await proxy?.close()
    proxy = undefined
  })
  afterAll(async () => {
    await deleteIndices(client, 'relaxed-')
    await client.close()
  })

  const create = (settings: Readonly<Record<string, unknown>>): Promise<unknown> =>
    createIndex(client, {
      index,
      settings: { auto_expand_replicas: false, ...settings },
      meta: { field: 'splade', textFields: ['text'], encoder: encoder.identity },
    })

  async function settingsNow(): Promise<readonly unknown[]> {
    const all = (await readIndexSettings(client, index)).get(index)
    return [all?.refresh_interval, all?.number_of_replicas]
  }

  async function expansionNow(): Promise<unknown> {
    return (await readIndexSettings(client, index)).get(index)?.auto_expand_replicas
  }

  const run = (options: Partial<IndexDocumentsOptions> = {}, through = client) =>
    indexDocuments(through, encoder, {
      index,
      inputs: [streamInput(records())],
      flushDocuments: 20,
      ...options,
    })

  it.each([
    ['its own', { refresh_interval: '7s', number_of_replicas: 1 }, ['7s', '1']],
    ["the engine's defaults", { number_of_replicas: 2, refresh_interval: null }, [undefined, '2']],
  ])('are %s again at the end', async (_, settings, expected) => {
    await create(settings)
    const meta = await readIndexMeta(client, index)
    let during: Promise<readonly unknown[]> | undefined
    await run({
      relax: 'empty',
      onEvent: ({ type }) => {
        if (type === 'encoded') during ??= settingsNow()
      },
    })
    expect(await during).toEqual(['-1', '0'])
    expect(await settingsNow()).toEqual(expected)
    expect(await readIndexMeta(client, index)).toEqual(meta)
  })

  it('are those of replicas that expand by themselves, too', async () => {
    await create({ auto_expand_replicas: '0-1' })
    const before = await settingsNow()
    await relaxSettings(client, index, true)
    expect([await expansionNow(), (await settingsNow())[1]]).toEqual(['false', '0'])
    await restoreSettings(client, index)
    expect(await expansionNow()).toBe('0-1')
    expect(await settingsNow()).toEqual(before)
  })

  it('keep the replicas of an index that has documents, and all where nothing was asked', async () => {
    await create({ refresh_interval: '7s', number_of_replicas: 1 })
    await run({ onEvent: () => undefined })
    expect(await relaxSettings(client, index, false)).toEqual({ refresh_interval: '7s' })
    expect(await settingsNow()).toEqual(['-1', '1'])
    await restoreSettings(client, index)
    const seen: Promise<readonly unknown[]>[] = []
    await run({
      relax: 'empty',
      force: true,
      onEvent: ({ type }) => type === 'encoded' && seen.push(settingsNow()),
    })
    expect(await seen[0]).toEqual(['7s', '1'])
  })

  it('are restored where the load fails, and where it is stopped', async () => {
    await create({ refresh_interval: '7s', number_of_replicas: 1 })
    proxy = await startFaultProxy(testEngine(id).url, ({ path }) =>
      path.includes('_bulk') ? { status: 403, body: { error: 'no' } } : 'pass',
    )
    const refused = await connect({ url: proxy.url })
    await expect(run({ relax: 'always' }, refused).finally(() => refused.close())).rejects.toThrow(
      'answered 403',
    )
    expect(await settingsNow()).toEqual(['7s', '1'])
    const controller = new AbortController()
    const onEvent = (): void => {
      controller.abort()
    }
    await run({ relax: 'always', signal: controller.signal, onEvent })
    expect(await settingsNow()).toEqual(['7s', '1'])
  })

  it('are left as they are where the user may not change them', async () => {
    await create({ refresh_interval: '7s' })
    proxy = await startFaultProxy(testEngine(id).url, ({ method, path }) =>
      method === 'PUT' && path.includes(index) ? { status: 403, body: { error: 'no' } } : 'pass',
    )
    const allowed = await connect({ url: proxy.url })
    const notices: string[] = []
    const onEvent: IndexDocumentsOptions['onEvent'] = (event) => {
      if (event.type === 'notice') notices.push(event.notice)
    }
    const loading = run({ relax: 'empty', onEvent }, allowed).finally(() => allowed.close())
    expect(await loading).toMatchObject({ indexed: 100 })
    expect(notices).toEqual([expect.stringContaining('are left as they are: PUT')])
    expect((await settingsNow())[0]).toBe('7s')
  })

  it('are restored by the next run after a crash, whatever that run asks for, and known only once', async () => {
    await create({ refresh_interval: '7s', number_of_replicas: 1 })
    expect(await relaxSettings(client, index, true)).toEqual({
      refresh_interval: '7s',
      number_of_replicas: '1',
    })
    expect(await relaxSettings(client, index, true)).toEqual({})
    expect(await settingsNow()).toEqual(['-1', '0'])
    await run()
    expect(await settingsNow()).toEqual(['7s', '1'])
    expect(await restoreSettings(client, index)).toBeUndefined()
  })

  it('are restored through an alias, and not put off through one', async () => {
    await create({ refresh_interval: '7s' })
    await client.request({ method: 'PUT', path: `/${index}/_alias/${index}-alias` })
    expect(await relaxSettings(client, `${index}-alias`, true)).toEqual({})
    await relaxSettings(client, index, false)
    expect(await restoreSettings(client, `${index}-alias`)).toEqual({ refresh_interval: '7s' })
    expect((await settingsNow())[0]).toBe('7s')
  })
})
