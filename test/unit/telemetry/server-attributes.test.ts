import { describe, expect, it } from '@jest/globals'
import { originAttributes, serverAttributes } from '../../../src/telemetry/server-attributes.js'

const attributes = (scheme: string, address: string, port: number) => {
  return { 'url.scheme': scheme, 'server.address': address, 'server.port': port }
}

describe('attributes of a server', () => {
  it.each([
    ['http', 'localhost:9200', 'localhost', 9200],
    ['http', 'search.example.com', 'search.example.com', 80],
    ['https', 'search.example.com', 'search.example.com', 443],
    ['https', '[::1]:9443', '::1', 9443],
  ])('are read from %s and %s', (scheme, authority, address, port) => {
    expect(serverAttributes(scheme, authority)).toEqual(attributes(scheme, address, port))
  })

  it.each([undefined, '', 'a b', 'localhost:port'])(
    'are the scheme alone where the host is %j',
    (authority) => {
      expect(serverAttributes('http', authority)).toEqual({ 'url.scheme': 'http' })
    },
  )

  it('are read from the origin of a node', () => {
    expect(originAttributes('https://10.0.0.7')).toEqual(attributes('https', '10.0.0.7', 443))
  })
})
