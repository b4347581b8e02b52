import { describe, expect, it } from '@jest/globals'
import { callerOf } from '../../../../../src/proxy/rewrite/upstream/caller.js'

describe('the digest of a caller', () => {
  it.each(['authorization', 'cookie', 'es-security-runas-user', 'x-proxy-user', 'x-any-gateway-header'])(
    'differs by %s',
    (name) => {
      expect(callerOf({ [name]: 'a' })).not.toBe(callerOf({ [name]: 'b' }))
      expect(callerOf({ [name]: 'a' })).not.toBe(callerOf({}))
    },
  )

  it('does not differ by what says nothing of the caller, nor by order', () => {
    const plain = callerOf({ authorization: 'a', 'x-b': 'c' })
    expect(
      callerOf({ 'x-b': 'c', authorization: 'a', 'x-opaque-id': '1', 'content-type': 'x', traceparent: 'y' }),
    ).toBe(plain)
  })

  it('does not take one header for another', () => {
    expect(callerOf({ a: 'b,c' })).not.toBe(callerOf({ a: ['b', 'c'] }))
    expect(callerOf({ a: 'bc' })).not.toBe(callerOf({ ab: 'c' }))
  })
})
