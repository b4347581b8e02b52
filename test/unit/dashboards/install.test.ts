import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { dashboardObjects, type Product } from '../../../src/dashboards/bundle.js'
import { installDashboards, type InstallOptions } from '../../../src/dashboards/install.js'
import { EngineConnectionError } from '../../../src/engine/failure.js'
import { sendJson, startStubServer, type StubServer } from '../../stub-server.js'

/** What came in: method, path, headers. */
interface Seen {
  readonly what: string
  readonly headers: IncomingMessage['headers']
}

const servers: StubServer[] = []

describe('installing dashboards', () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })

  it.each(['kibana', 'opensearch'] as const)('puts every object into %s, once', async (product) => {
    const { url, store } = await startDashboards(product)
    const first = await installDashboards({ url })
    const names = (await dashboardObjects(product)).map(({ type, id }) => `${type}/${id}`)
    expect(first).toEqual({ product, created: names, replaced: [], kept: [] })
    expect([...store]).toEqual(names)
    expect(await installDashboards({ url })).toEqual({ product, created: [], replaced: [], kept: names })
  })

  it('replaces what is there only where asked to', async () => {
    const { url, seen } = await startDashboards('kibana')
    await installDashboards({ url })
    const again = await installDashboards({ url, overwrite: true })
    expect(again).toMatchObject({ created: [], kept: [] })
    expect(again.replaced.length).toBeGreaterThan(5)
    expect(seen.at(-1)?.what).toBe('POST /api/saved_objects/_import?overwrite=true')
  })

  it('changes nothing in a dry run', async () => {
    const { url, store, seen } = await startDashboards('opensearch')
    const plan = await installDashboards({ url, dryRun: true })
    expect(plan.created.length).toBeGreaterThan(5)
    expect(store.size).toBe(0)
    expect(seen.map(({ what }) => what)).toEqual(['GET /api/status', 'POST /api/saved_objects/_bulk_get'])
  })

  it('goes to a space of Kibana, with the header that it asks of programs', async () => {
    const { url, seen } = await startDashboards('kibana')
    await installDashboards({ url, space: 'search team', authorization: 'ApiKey abc' })
    expect(seen.slice(1).map(({ what }) => what)).toEqual([
      'POST /s/search%20team/api/saved_objects/_bulk_get',
      'POST /s/search%20team/api/saved_objects/_import?overwrite=false',
    ])
    expect(seen.at(-1)?.headers).toMatchObject({ 'kbn-xsrf': 'true', authorization: 'ApiKey abc' })
  })

  it('goes to a tenant of OpenSearch Dashboards', async () => {
    const { url, seen } = await startDashboards('opensearch')
    await installDashboards({ url, tenant: 'search' })
    expect(seen.at(-1)?.headers).toMatchObject({ 'osd-xsrf': 'true', securitytenant: 'search' })
  })

  it.each([
    ['kibana', { tenant: 'a' }, 'tenant is of OpenSearch Dashboards; Kibana has spaces, received "a"'],
    ['opensearch', { space: 'a' }, 'space is of Kibana; OpenSearch Dashboards has tenants, received "a"'],
  ] as const)('refuses to %s what only the other has', async (product, options, message) => {
    const { url } = await startDashboards(product)
    await expect(installDashboards({ url, ...options })).rejects.toThrow(message)
  })

  it('refuses a Kibana that is too old', async () => {
    const { url } = await startDashboards('kibana', '8.7.1')
    await expect(installDashboards({ url })).rejects.toThrow(
      'is Kibana 8.7.1; the dashboards need 8.8 or later',
    )
  })

  it('says that a Kibana which keeps its release from strangers may want credentials', async () => {
    const { url } = await startDashboards('kibana', null)
    await expect(installDashboards({ url })).rejects.toThrow(
      `${url} does not say which Kibana it is: it may want user and password, or an API key`,
    )
  })

  it.each([
    ['kibana', '/api/status'],
    ['kibana', '_bulk_get'],
    ['opensearch', '_bulk_get'],
  ] as const)('says that %s answers %s with a page to log in on', async (product, path) => {
    const name = product === 'kibana' ? 'kbn-name' : 'osd-name'
    const gateway = await startStubServer((request, response) => {
      if (request.url?.includes(path) !== true) {
        sendJson(response, 200, { version: { number: '8.8.0' } }, { [name]: 'a-node' })
        return
      }
      response.writeHead(200, { 'content-type': 'text/html', [name]: 'a-node' })
      response.end('<!DOCTYPE html><title>Log in</title>')
    })
    servers.push(gateway)
    await expect(installDashboards({ url: gateway.url })).rejects.toThrow(
      `${gateway.url} answered 200 with text/html and not with JSON, as login pages do`,
    )
  })

  it('says which object is refused, and why', async () => {
    const { url } = await startDashboards('kibana', '8.8.0', 'missing_references')
    await expect(installDashboards({ url })).rejects.toThrow(/refused index-pattern\/\S+: missing_references/)
  })

  it('says that something else answers, or nobody', async () => {
    const engine = await startStubServer((_, response) => {
      sendJson(response, 200, { tagline: 'The OpenSearch Project' })
    })
    servers.push(engine)
    await expect(installDashboards({ url: engine.url })).rejects.toThrow(
      'is neither Kibana nor OpenSearch Dashboards (status 200)',
    )
    const nowhere = installDashboards({ url: 'http://127.0.0.1:1' })
    await expect(nowhere).rejects.toThrow(EngineConnectionError)
    await expect(nowhere).rejects.toThrow('cannot reach')
    const wrong: InstallOptions = { url: 'localhost:5601' }
    await expect(installDashboards(wrong)).rejects.toThrow('must be an http:// or https:// address')
  })
})

/** A server that keeps the names of objects, and answers as both products do; neither can be had here. */
async function startDashboards(
  product: Product,
  version: string | null = '8.8.0',
  failure?: string,
): Promise<{ readonly url: string; readonly store: ReadonlySet<string>; readonly seen: readonly Seen[] }> {
  const store = new Set<string>()
  const seen: Seen[] = []
  const server = await startStubServer((request, response) => {
    seen.push({ what: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers })
    const headers = { [product === 'kibana' ? 'kbn-name' : 'osd-name']: 'a-node' }
    void readText(request).then((text) => {
      if (request.url?.endsWith('/api/status') === true) {
        sendJson(response, 200, version === null ? {} : { version: { number: version } }, headers)
      } else if (!(`${product === 'kibana' ? 'kbn' : 'osd'}-xsrf` in request.headers)) {
        sendJson(response, 400, { message: 'Request must contain a kbn-xsrf header.' }, headers)
      } else if (request.url?.includes('_bulk_get') === true) {
        sendJson(response, 200, { saved_objects: bulkGet(text, store) }, headers)
      } else {
        const overwrite = request.url?.includes('overwrite=true') === true
        sendJson(response, 200, importInto(store, text, overwrite, failure), headers)
      }
    })
  })
  servers.push(server)
  return { url: server.url, store, seen }
}

interface Named {
  readonly type: string
  readonly id: string
}

function bulkGet(text: string, store: ReadonlySet<string>): readonly object[] {
  return (JSON.parse(text) as readonly Named[]).map(({ type, id }) =>
    store.has(`${type}/${id}`)
      ? { type, id, attributes: {} }
      : { type, id, error: { statusCode: 404, message: 'Not found' } },
  )
}

/** @param text a multipart body with one file of lines */
function importInto(store: Set<string>, text: string, overwrite: boolean, failure?: string): object {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('{'))
  const objects = lines.map((line) => JSON.parse(line) as Partial<Named>).filter(({ id }) => id !== undefined)
  const errors: object[] = []
  for (const { type = '', id = '' } of objects) {
    const name = `${type}/${id}`
    if (failure !== undefined) errors.push({ type, id, error: { type: failure } })
    else if (store.has(name) && !overwrite) errors.push({ type, id, error: { type: 'conflict' } })
    else store.add(name)
  }
  const success = errors.length === 0
  return { success, successCount: objects.length - errors.length, ...(!success && { errors }) }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
