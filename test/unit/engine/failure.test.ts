import { describe, expect, it } from '@jest/globals'
import {
  EngineConnectionError,
  engineFailure,
  engineReason,
  EngineResponseError,
} from '../../../src/engine/failure.js'

const REQUEST = { method: 'GET', path: '/books/_search?q=x' } as const
const URL = 'http://engine:9200'

function clientError(name: string, message: string, meta?: object): Error {
  return Object.assign(new Error(message), { name, meta })
}

describe('engineReason', () => {
  it('prefers the root cause, and adds what it was caused by', () => {
    const error = {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      root_cause: [{ type: 'query_shard_exception', reason: 'failed to create query' }],
      caused_by: {
        type: 'illegal_argument_exception',
        reason: 'too many clauses',
        caused_by: { reason: 'limit' },
      },
    }
    expect(engineReason({ error, status: 400 })).toBe(
      'query_shard_exception: failed to create query; caused by illegal_argument_exception: too many clauses; ' +
        'caused by limit',
    )
  })

  it('says a repeated cause once', () => {
    const cause = { type: 't', reason: 'r' }
    expect(engineReason({ error: { ...cause, root_cause: [cause], caused_by: cause } })).toBe('t: r')
  })

  it.each([
    ['a string', { error: 'plain  words\nof a gateway' }, 'plain words of a gateway'],
    ['nothing', {}, 'no reason given'],
    ['no object', undefined, 'no reason given'],
    ['a page of HTML', '<html>Bad Gateway</html>', '<html>Bad Gateway</html>'],
  ])('reads %s', (_what, failure, expected) => {
    expect(engineReason(failure)).toBe(expected)
  })

  it('shortens what would fill the screen', () => {
    expect(engineReason({ error: 'x'.repeat(10_000) })).toHaveLength(501)
  })
})

describe('engineFailure', () => {
  it('names method, path without query, address, status, reason and the type of the failure', () => {
    const body = {
      error: { type: 'index_not_found_exception', reason: 'no such index [books]' },
      status: 404,
    }
    const error = engineFailure(
      URL,
      REQUEST,
      clientError('ResponseError', 'x', { statusCode: 404, body }),
      'first',
    )
    expect(error).toBeInstanceOf(EngineResponseError)
    expect(error).toMatchObject({ status: 404, reasonType: 'index_not_found_exception' })
    expect(error.message).toBe(
      'GET /books/_search at http://engine:9200 answered 404: index_not_found_exception: no such index [books]',
    )
  })

  it.each([
    ['self-signed certificate in certificate chain', 'give the certificate of its authority'],
    ["Hostname/IP does not match certificate's altnames", 'the host name that the certificate is for'],
    ['getaddrinfo ENOTFOUND engine', 'check the host name'],
    ['Request timed out', 'did not answer in time'],
    ['socket hang up', 'check whether it speaks https instead'],
    ['connect ECONNREFUSED 127.0.0.1:9200', 'splade-bridge engine start'],
  ])('says what to do about: %s', (message, remedy) => {
    const error = engineFailure(URL, REQUEST, clientError('ConnectionError', message), 'first')
    expect(error.status).toBe(0)
    expect(error.message).toContain(`cannot reach the engine at ${URL}: ${message}; `)
    expect(error.message).toContain(remedy)
    expect(error instanceof EngineConnectionError).toBe(!remedy.includes('certificate'))
  })

  it('does not suspect the protocol of an engine that has answered before', () => {
    const { message } = engineFailure(URL, REQUEST, clientError('ConnectionError', 'socket hang up'), 'later')
    expect(message).toContain('socket hang up; it has closed the connection')
    expect(message).not.toContain('https')
  })

  it("keeps nothing of the client's error but its message, for it holds the request's headers", () => {
    const thrown = clientError('ConnectionError', 'broken', {
      request: { headers: { authorization: 'Basic x' } },
    })
    expect(JSON.stringify(Object.entries(engineFailure(URL, REQUEST, thrown, 'first')))).not.toContain(
      'Basic',
    )
    expect(engineFailure(URL, REQUEST, thrown, 'first').cause).toEqual(new Error('broken'))
  })
})
