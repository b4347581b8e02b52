import { describe, expect, it } from '@jest/globals'
import {
  asksForJson,
  isJsonType,
  toElasticsearchHeaders,
  toOpenSearchHeaders,
  toPlainMediaType,
} from '../../../../src/proxy/rewrite/media-types.js'

describe('media types', () => {
  it.each([
    ['application/json', true],
    ['application/json; charset=UTF-8', true],
    ['application/x-ndjson', true],
    ['application/vnd.elasticsearch+json; compatible-with=8', true],
    ['Application/VND.Elasticsearch+x-ndjson;compatible-with=9', true],
    ['application/json; charset=utf-16', false],
    ['application/cbor', false],
    ['application/smile', false],
    ['application/yaml', false],
    ['application/vnd.elasticsearch+cbor; compatible-with=8', false],
  ])('%s is JSON that can be read: %s', (type, expected) => {
    expect(isJsonType(type)).toBe(expected)
  })

  it.each([
    ['application/vnd.elasticsearch+json; compatible-with=8', 'application/json'],
    ['application/vnd.elasticsearch+x-ndjson;compatible-with=9', 'application/x-ndjson'],
    ['application/vnd.elasticsearch+json; compatible-with=8,text/plain', 'application/json, text/plain'],
    [
      'application/vnd.elasticsearch+json; compatible-with=8; charset=utf-8',
      'application/json; charset=utf-8',
    ],
    ['application/vnd.mapbox-vector-tile', 'application/vnd.mapbox-vector-tile'],
    ['*/*', '*/*'],
  ])('%s is %s to OpenSearch', (type, expected) => {
    expect(toPlainMediaType(type)).toBe(expected)
  })

  it('are mapped on the way in, and back on the way out', () => {
    const vendor = 'application/vnd.elasticsearch+json; compatible-with=8'
    expect(toOpenSearchHeaders({ accept: vendor, 'content-type': [vendor], 'x-opaque-id': 'a' })).toEqual({
      accept: 'application/json',
      'content-type': ['application/json'],
      'x-opaque-id': 'a',
    })
    const headers = { 'content-type': 'application/json; charset=UTF-8' }
    expect(toElasticsearchHeaders(headers, vendor)).toEqual({
      'content-type': vendor,
      'x-elastic-product': 'Elasticsearch',
    })
    expect(toElasticsearchHeaders(headers, undefined)).toEqual({
      ...headers,
      'x-elastic-product': 'Elasticsearch',
    })
  })

  it.each<[string | undefined, string, boolean]>([
    [undefined, '/a', true],
    ['application/vnd.elasticsearch+json; compatible-with=8', '/a', true],
    ['application/cbor', '/a', false],
    ['application/json', '/a?format=yaml', false],
    ['application/cbor', '/a?format=json', true],
  ])('Accept %s at %s wants JSON: %s', (accept, target, expected) => {
    expect(asksForJson({ accept }, target)).toBe(expected)
  })
})
