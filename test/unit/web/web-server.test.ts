import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigurationError, EngineError } from '../../../src/errors.js'
import { createWebServer, type WebServer } from '../../../src/web/web-server.js'

const page = new Map([
  ['/', { contentType: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>') }],
])
const failures: Readonly<Record<string, Error>> = {
  refused: new EngineError('there is no index "x"', 404),
  wrong: new ConfigurationError('size', 'must be small', 9),
  defect: new TypeError('x is not a function'),
}

let server: WebServer
let address: string

beforeAll(async () => {
  server = createWebServer({
    page,
    playground: {
      info: () => Promise.reject(new Error('not asked here')),
      search: ({ query }) => Promise.reject(failures[query] ?? new Error(query)),
      encode: () => Promise.reject(new Error('not asked here')),
      dashboards: () => ({ dashboards: [] }),
      figures: ({ dashboard }) =>
        Promise.reject(new ConfigurationError('dashboard', 'must be known', dashboard)),
    },
  })
  address = await server.listen('127.0.0.1', 0)
})

afterAll(() => server.close())

const post = async (body: unknown, path = '/api/search'): Promise<{ status: number; error: unknown }> => {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { error } = (await response.json()) as { error: unknown }
  return { status: response.status, error }
}

describe('the server of the page', () => {
  it('forbids the page everything that is inline or from elsewhere', async () => {
    const { headers } = await fetch(address)
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|http|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    ['refused', 502, 'ENGINE', 'there is no index "x"'],
    ['wrong', 400, 'CONFIGURATION', 'size must be small, received 9'],
    ['defect', 500, 'INTERNAL', 'x is not a function'],
  ])('answers a search that is %s with %d', async (query, status, code, message) => {
    expect(await post({ query })).toEqual({ status, error: { code, message } })
  })

  it.each([
    [{}, "must have required property 'query'"],
    [{ query: 1 }, 'query must be string'],
    [{ query: 'a', size: 51 }, 'size must be <= 50'],
    [{ query: 'a', sise: 5 }, 'must NOT have additional properties'],
    [{ query: 'a', tokens: [{ token: 'b', weight: 0 }] }, 'tokens/0/weight must be > 0'],
  ])('refuses %j, naming the rule', async (body, rule) => {
    const { status, error } = await post(body)
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'REQUEST', message: expect.stringContaining(rule) as unknown })
  })

  it.each([
    [{ dashboard: 'a' }, "must have required property 'range'"],
    [{ dashboard: 'a', range: '2d' }, 'range must be equal to one of the allowed values'],
    [{ dashboard: 'a', range: '7d', query: { match_all: {} } }, 'must NOT have additional properties'],
    [{ dashboard: 'a', range: '7d', filters: { x: 'y' } }, 'filters/x must be array'],
    [{ dashboard: 'a', range: '7d', filters: { x: [] } }, 'filters/x must NOT have fewer than 1 items'],
    [{ dashboard: 'a', range: '7d' }, 'dashboard must be known, received "a"'],
  ])('refuses figures for %j, naming the rule', async (body, rule) => {
    const { status, error } = await post(body, '/api/dashboards/figures')
    expect(status).toBe(400)
    expect(error).toMatchObject({ message: expect.stringContaining(rule) as unknown })
  })

  it('says that there is nothing where there is nothing', async () => {
    const response = await fetch(`${address}/api/../package.json`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })
})
