import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../../src/engine/connect.js'
import type { EngineClient } from '../../src/engine/client.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

describe.each(NEWEST_ENGINES)('init on %s', (id) => {
  const home = useCliHome()
  const { url } = testEngine(id)
  const name = uniqueName('accept-template')
  const template = ['--url', url, '--index-template', `${name}-*`, '--model', 'bm25']
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url })
  })
  afterAll(async () => {
    await deleteIndices(client, name)
    await client.close()
  })

  it('shows a diff of a template to be, makes it, and finds nothing more to do', async () => {
    const plan = await home.run(['init', ...template, '--dry-run'])
    expect(plan).toMatchObject({ code: 0, err: '' })
    expect(plan.out).toContain(`+++ splade-bridge/index-template/splade-bridge-${name}\n`)
    const made = await home.run(['init', ...template])
    expect(made.out).toContain(`created index template splade-bridge-${name} for model bm25`)
    const again = await home.run(['init', ...template, '--dry-run'])
    expect(again).toEqual({ code: 0, out: 'nothing would change\n', err: '' })
  })

  it('makes indices that index and search accept without being told the model', async () => {
    const index = `${name}-1`
    // An index that the bridge did not create: the template alone says what it is.
    await client.request({ method: 'PUT', path: `/${index}` })
    const at = ['--url', url, '--index', index]
    const indexed = await home.run(['index', ...at, '--json', `${EXAMPLES}/en/corpus.jsonl`])
    expect(onlyJson(indexed)).toMatchObject({ read: 60, indexed: 60, deadLettered: 0 })
    const found = await home.run(['search', ...at, '--json', 'flat battery'])
    const { hits } = onlyJson(found) as { readonly hits: readonly unknown[] }
    expect(hits[0]).toMatchObject({ id: 'en-001' })
  })

  it('takes one target at a time', async () => {
    const both = await home.run(['init', ...template, '--data-stream', 'logs'])
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('exclude each other') })
  })
})
