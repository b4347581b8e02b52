import { afterEach, describe, expect, it } from '@jest/globals'
import { detectEngine } from '../../../src/engine/detect.js'
import { openSearchTransport } from '../../../src/engine/opensearch-transport.js'
import { sendJson, startStubServer, type StubServer } from '../../stub-server.js'

let server: StubServer | undefined
afterEach(() => server?.close())

async function detect(root: { status: number; body: object }, nodeVersion?: string) {
  server = await startStubServer((request, response) => {
    if (request.url === '/') sendJson(response, root.status, root.body)
    else if (nodeVersion === undefined) sendJson(response, 404, {})
    else sendJson(response, 200, { nodes: { n1: { version: nodeVersion } } })
  })
  const transport = openSearchTransport({ url: server.url, requestTimeoutMs: 5000 })
  return detectEngine(transport).finally(() => transport.close())
}

describe('detectEngine', () => {
  it('asks the node for its version where OpenSearch is set to call itself 7.10.2', async () => {
    const body = { version: { number: '7.10.2' }, tagline: 'The OpenSearch Project: https://opensearch.org/' }
    expect(await detect({ status: 200, body }, '2.19.1')).toEqual({
      distribution: 'opensearch',
      version: '2.19.1',
    })
  })

  it('asks the node for its version where GET / has no handler', async () => {
    const body = { error: 'Incorrect HTTP method for uri [/] and method [GET], allowed: [HEAD]' }
    expect(await detect({ status: 405, body }, '8.19.0')).toEqual({
      distribution: 'elasticsearch',
      version: '8.19.0',
    })
  })

  it.each([200, 405])(
    'refuses a server that tells no version at all, GET / answered by %i',
    async (status) => {
      await expect(detect({ status, body: {} })).rejects.toThrow('neither Elasticsearch nor OpenSearch')
    },
  )
})
