import { describe, expect, it } from '@jest/globals'
import { expressionOf, parseEndpoint, withoutParameter } from '../../../../src/proxy/rewrite/endpoint.js'

describe('the endpoint of a request', () => {
  it.each([
    ['GET', '/_search', 'search', ''],
    ['POST', '/a,b*/_search?size=1', 'search', 'a,b*'],
    ['POST', '/_all/_search', 'search', '_all'],
    ['POST', '/a/_async_search', 'asynchronous-search', 'a'],
    ['POST', '/_plugins/_asynchronous_search?index=a,b', 'asynchronous-search', 'a%2Cb'],
    ['GET', '/a/_count', 'query', 'a'],
    ['POST', '/a/_validate/query', 'query', 'a'],
    ['POST', '/a/_explain/1%2F2', 'query', 'a'],
    ['POST', '/_msearch', 'multi-search', ''],
    ['POST', '/a/_search/template', 'template', 'a'],
    ['POST', '/_msearch/template', 'multi-template', ''],
    ['POST', '/a/_pit?keep_alive=1m', 'open-point-in-time', 'a'],
    ['POST', '/a/_search/point_in_time', 'open-point-in-time', 'a'],
    ['PUT', '/_bulk', 'bulk', ''],
    ['POST', '/a/_doc', 'write', 'a'],
    ['PUT', '/a/_doc/1', 'write', 'a'],
    ['PUT', '/a/_create/1', 'write', 'a'],
    ['POST', '/a/_update/1', 'update', 'a'],
  ])('of %s %s is %s on "%s"', (method, target, action, indices) => {
    expect(parseEndpoint(method, target)).toMatchObject({ action, indices })
  })

  it.each([
    ['/a/_search/', 'search'],
    ['/a/_search//?size=1', 'search'],
    ['/_msearch/template/', 'multi-template'],
    ['/a/_bulk/', 'bulk'],
    ['/a/_doc/', 'write'],
    ['/a/_update/1/', 'update'],
  ])('of %s is %s, as if it did not end in slashes', (target, action) => {
    const { path, ...endpoint } = parseEndpoint('POST', target)!
    expect(endpoint.action).toBe(action)
    expect(path).toBe(target.replace(/\/+(\?.*)?$/, ''))
  })

  it('has the id without the slashes behind it', () => {
    expect(parseEndpoint('PUT', '/a/_doc/1%2F//')).toMatchObject({ action: 'write', id: '1%2F' })
    expect(parseEndpoint('POST', '/a/_doc/')).not.toHaveProperty('id')
  })

  it.each([
    ['PUT', '/a/_doc/_bulk', { action: 'bulk', indices: 'a' }],
    ['PUT', '/a/%5Fdoc/1', { action: 'write', id: '1' }],
    ['POST', '/a/_doc/1/_create', { action: 'write', id: '1' }],
    ['POST', '/a/_doc/1/_update', { action: 'update', id: '1' }],
  ])('with a type is known: %s %s', (method, target, expected) => {
    expect(parseEndpoint(method, target)).toMatchObject(expected)
  })

  it('is read in a time that grows with the path', () => {
    const startedAt = performance.now()
    expect(parseEndpoint('POST', `/a${'/'.repeat(60_000)}b`)).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(200)
  })

  it.each([
    ['DELETE', '/a/_search'],
    ['GET', '/a/_doc/1'],
    ['GET', '/a/_bulk'],
    ['PUT', '/a/_doc'],
    ['PUT', '/a/_doc/'],
    ['POST', '/_search/scroll'],
    ['POST', '/a//_search'],
    ['POST', '/../_search'],
    ['POST', '/%zz/_search'],
    ['POST', '/a/b/_search'],
    ['GET', '/'],
    ['POST', '/a/_searchx'],
    ['POST', '/a/constructor'],
  ])('of %s %s is none of ours', (method, target) => {
    expect(parseEndpoint(method, target)).toBeUndefined()
  })

  it('names indices with what changes their meaning', () => {
    const endpoint = parseEndpoint('POST', '/a%2A/_search?ignore_unavailable=true&size=1')!
    expect(expressionOf(endpoint)).toEqual({ path: 'a%2A', query: { ignore_unavailable: 'true' } })
  })

  it.each([
    ['/a/_search?splade_explain', '/a/_search'],
    ['/a/_search?q=a%20b&splade_explain=true&pretty', '/a/_search?q=a%20b&pretty'],
    ['/a/_search?x=splade_explain', '/a/_search?x=splade_explain'],
  ])('loses a parameter: %s becomes %s', (target, expected) => {
    expect(withoutParameter(parseEndpoint('POST', target)!, target, 'splade_explain').target).toBe(expected)
  })
})
