import { describe, expect, it } from '@jest/globals'
import { connect } from '../../../src/engine/connect.js'
import { EngineResponseError } from '../../../src/engine/failure.js'
import { engineInfo, ENGINES, testEngine, uniqueName } from '../../engines.js'

describe.each(ENGINES)('connecting to %s', (id) => {
  const { url } = testEngine(id)

  it('tells distribution and version', async () => {
    const client = await connect({ url })
    expect(client.info).toEqual(engineInfo(id))
    await client.close()
  })

  it('resolves a HEAD of something missing with its status', async () => {
    const client = await connect({ url })
    const { status } = await client.request({ method: 'HEAD', path: '/no-such-index' })
    expect(status).toBe(404)
    await client.close()
  })

  it("throws with the engine's own reason, its type and status", async () => {
    const client = await connect({ url })
    const request = client.request({ method: 'POST', path: '/_search', body: { query: { bogus: {} } } })
    const error = await request.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(EngineResponseError)
    expect(error).toMatchObject({ status: 400, reasonType: 'parsing_exception', code: 'ENGINE' })
    expect(String(error)).toContain(
      `POST /_search at ${url} answered 400: parsing_exception: unknown query [bogus]`,
    )
    await client.close()
  })

  it('carries members called __proto__ to the engine and back', async () => {
    const client = await connect({ url })
    const index = uniqueName('proto')
    const body = JSON.parse('{"__proto__": "kept", "constructor": {"prototype": 1}}') as object
    await client.request({ method: 'PUT', path: `/${index}`, body: { mappings: { enabled: false } } })
    await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body })
    const answer = await client.request({ method: 'GET', path: `/${index}/_source/1` })
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify(body))
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })
})
