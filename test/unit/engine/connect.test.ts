import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { connect, normalizeConnectOptions } from '../../../src/engine/connect.js'
import { sendJson, startStubServer, type StubServer } from '../../stub-server.js'

const ELASTIC = { 'x-elastic-product': 'Elasticsearch' }

/** Content types of a body and of lines. */
const PLAIN = ['application/json', 'application/x-ndjson']
const VERSIONED = [
  'application/vnd.elasticsearch+json; compatible-with=8',
  'application/vnd.elasticsearch+x-ndjson; compatible-with=8',
]

let server: StubServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A server whose `GET /` gives this version, and which remembers the headers that it was sent. */
async function startEngine(version: object, tagline = 'You Know, for Search') {
  const headers: Record<string, unknown>[] = []
  server = await startStubServer((request, response) => {
    headers.push({ ...request.headers })
    sendJson(response, 200, request.url === '/' ? { version, tagline } : { ok: true }, ELASTIC)
  })
  return { url: server.url, headers }
}

describe('connect', () => {
  it.each([
    ['opensearch', { distribution: 'opensearch', number: '3.8.0' }, '3.8.0'],
    ['opensearch', { distribution: 'opensearch', number: '1.1.0' }, '1.1.0'],
    ['elasticsearch', { number: '7.12.0', build_flavor: 'oss' }, '7.12.0'],
    ['elasticsearch', { number: '8.19.2' }, '8.19.2'],
    ['elasticsearch', { number: '9.1.0' }, '9.1.0'],
  ])('tells %s from %j', async (distribution, version, expected) => {
    const { url } = await startEngine(version)
    const client = await connect({ url })
    expect(client.info).toEqual({ distribution, version: expected })
    await client.close()
  })

  it.each([
    [{ number: '3.8.0', distribution: 'opensearch' }, 'opensearch-js', PLAIN],
    [{ number: '7.12.0' }, 'opensearch-js', PLAIN],
    [{ number: '7.17.0' }, 'elasticsearch-js', PLAIN],
    [{ number: '8.0.0' }, 'elasticsearch-js', VERSIONED],
    [{ number: '9.5.0' }, 'elasticsearch-js', VERSIONED],
  ])('takes the client and the media types for %j', async (version, clientName, mediaTypes) => {
    const { url, headers } = await startEngine(version)
    const client = await connect({ url })
    await client.request({ method: 'POST', path: '/_search', body: { size: 1 } })
    await client.request({ method: 'POST', path: '/_bulk', ndjson: '{}\n' })
    await client.close()
    const sent = headers.slice(-2)
    expect(sent.map((each) => each['content-type'])).toEqual(mediaTypes)
    for (const each of sent) expect(each['user-agent']).toContain(clientName)
  })

  it.each([
    ['opensearch-js', { number: '3.8.0', distribution: 'opensearch' }],
    ['elasticsearch-js', { number: '8.19.2' }],
  ])('sends bodies compressed where asked to, with %s', async (_, version) => {
    const bodies: string[] = []
    server = await startStubServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks)
        if (request.headers['content-encoding'] === 'gzip') bodies.push(gunzipSync(body).toString())
        sendJson(response, 200, { version, tagline: 'You Know, for Search' }, ELASTIC)
      })
    })
    const client = await connect({ url: server.url, compress: true })
    await client.request({ method: 'POST', path: '/_bulk', ndjson: '{"a":"희소"}\n' })
    await client.close()
    expect(bodies).toEqual(['{"a":"희소"}\n'])
  })

  it('refuses something that calls itself Elasticsearch without the header of the product', async () => {
    server = await startStubServer((_request, response) => {
      sendJson(response, 200, { version: { number: '8.19.0' } })
    })
    const client = await connect({ url: server.url })
    await expect(client.request({ method: 'GET', path: '/_search' })).rejects.toThrow(
      'it is not Elasticsearch, or a gateway before it drops the X-Elastic-Product header',
    )
    await client.close()
  })

  it.each([
    [{ number: '7.11.2' }, 'Elasticsearch 7.11.2 is too old: rank_feature queries with "linear" need'],
    [{ distribution: 'opensearch', number: '1.0.1' }, 'OpenSearch 1.0.1 is too old'],
  ])('refuses %j, naming version and rule', async (version, message) => {
    const { url } = await startEngine(version)
    await expect(connect({ url })).rejects.toThrow(message)
  })

  it.each([
    [{ username: 'me', password: 'pässword:1' }, `Basic ${Buffer.from('me:pässword:1').toString('base64')}`],
    [{ apiKey: 'bXkta2V5' }, 'ApiKey bXkta2V5'],
  ])('sends credentials with every request: %j', async (credentials, authorization) => {
    for (const number of ['7.17.0', '8.19.0']) {
      const { url, headers } = await startEngine({ number })
      const client = await connect({ url, ...credentials })
      await client.request({ method: 'GET', path: '/_search' })
      await client.close()
      expect(headers.map((sent) => sent.authorization)).toEqual([authorization, authorization])
      await server?.close()
    }
  })

  it('takes user name and password from the address', async () => {
    const { url, headers } = await startEngine({ number: '8.0.0' })
    const client = await connect({ url: url.replace('//', '//me:s%40crecy@') })
    await client.close()
    expect(headers[0]?.authorization).toBe(`Basic ${Buffer.from('me:s@crecy').toString('base64')}`)
  })

  it('keeps a path before the engine', async () => {
    const paths: unknown[] = []
    server = await startStubServer((request, response) => {
      paths.push(request.url)
      sendJson(response, 200, { version: { number: '8.0.0' } }, ELASTIC)
    })
    const client = await connect({ url: `${server.url}/search/` })
    await client.request({ method: 'GET', path: '/_cat' })
    await client.close()
    expect(paths).toEqual(['/search/', '/search/_cat'])
  })

  it('never shows a secret when the engine refuses it', async () => {
    server = await startStubServer((_request, response) => {
      sendJson(response, 401, { error: { type: 'security_exception', reason: 'unable to authenticate' } })
    })
    const attempts = [{ username: 'me', password: 'top-secret' }, { apiKey: 'top-secret' }]
    for (const credentials of attempts) {
      const error: unknown = await connect({ url: server.url, ...credentials }).catch(
        (thrown: unknown) => thrown,
      )
      const shown = inspect(error, { depth: null })
      expect(shown).toContain('unable to authenticate; give a user name and password, or an API key')
      expect(shown).not.toContain('top-secret')
      expect(shown).not.toContain(Buffer.from('me:top-secret').toString('base64'))
    }
  })

  it('says what to do where nothing listens', async () => {
    const { url } = await startEngine({ number: '8.0.0' })
    await server?.close()
    const error: unknown = await connect({ url }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ENGINE', status: 0 })
    expect(String(error)).toContain(`cannot reach the engine at ${url}: connect ECONNREFUSED`)
    expect(String(error)).toContain('start it, for example with "splade-bridge engine start"')
  })

  it('says so where something else answers', async () => {
    server = await startStubServer((_request, response) => {
      sendJson(response, 200, { hello: 'world' })
    })
    await expect(connect({ url: server.url })).rejects.toThrow('neither Elasticsearch nor OpenSearch')
  })

  it('gives up after the time limit', async () => {
    server = await startStubServer(() => undefined)
    await expect(connect({ url: server.url, requestTimeoutMs: 50 })).rejects.toThrow('did not answer in time')
  })

  it('trusts a certificate by its authority, and says what is missing without', async () => {
    const pem = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')
    const secure = createServer({ key: pem('key'), cert: pem('certificate') }, (request, response) => {
      sendJson(response, 200, { version: { number: request.url === '/' ? '8.19.0' : '' } }, ELASTIC)
    })
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
    const client = await connect({ url, ca: pem('certificate') })
    expect((await client.request({ method: 'GET', path: '/x' })).status).toBe(200)
    await client.close()
    await expect(connect({ url })).rejects.toThrow('give the certificate of its authority')
    secure.close()
    secure.closeAllConnections()
  })
})

describe('normalizeConnectOptions', () => {
  it.each([
    [{ url: 'localhost:9200' }, 'url must be an http:// or https:// address, received "localhost:9200"'],
    [{ url: 'ftp://me:secret@host' }, 'received "ftp://host"'],
    [{ url: 'http://h', apiKey: 'k', username: 'u', password: 'p' }, 'apiKey excludes a user name'],
    [{ url: 'http://h', username: 'u' }, 'username and password belong together'],
    [{ url: 'http://h', requestTimeoutMs: 0 }, 'requestTimeoutMs must be an integer > 0, received 0'],
  ])('refuses %j', (options, message) => {
    expect(() => normalizeConnectOptions(options)).toThrow(message)
  })

  it.each(['http://me:to/p@host', 'http://me:a@b/c@host/path', 'http://me:1?s@host', 'http://me:2#s@host'])(
    'shows no part of the password in %s, which is not escaped',
    (url) => {
      const refused = (): unknown => normalizeConnectOptions({ url })
      expect(refused).toThrow(/^url must .*, received "http:\/\/host(\/path)?"$/)
    },
  )

  it('takes credentials out of the address', () => {
    const { url, authorization } = normalizeConnectOptions({ url: 'https://me:secret@host:9200/path/' })
    expect(url).toBe('https://host:9200/path')
    expect(authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`)
  })

  it('prefers credentials given beside the address', () => {
    const options = { url: 'http://me:old@host', username: 'you', password: 'new' }
    const { authorization } = normalizeConnectOptions(options)
    expect(authorization).toBe(`Basic ${Buffer.from('you:new').toString('base64')}`)
  })
})
