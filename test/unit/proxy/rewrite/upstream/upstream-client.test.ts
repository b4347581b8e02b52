import { describe, expect, it } from '@jest/globals'
import { upstreamRequester } from '../../../../../src/proxy/rewrite/upstream/upstream-client.js'

const request = { method: 'GET', path: '/books/_mapping' } as const

function answering(status: number, body: string) {
  const ask = () => Promise.resolve({ status, headers: {}, body: Buffer.from(body) })
  return upstreamRequester({ ask })
}

describe('a question to the upstream', () => {
  it('is answered with what the engine says', async () => {
    const answer = await answering(200, '{"books":{}}').request(request)
    expect(answer).toEqual({ status: 200, body: { books: {} } })
  })

  it('speaks of an index that the client named in the words of the engine', async () => {
    const error = { type: 'index_not_found_exception', reason: 'no such index [books]' }
    const asked = answering(404, JSON.stringify({ error: { root_cause: [error], ...error } })).request(
      request,
    )
    await expect(asked).rejects.toMatchObject({
      message: 'no such index [books]',
      status: 404,
      reasonType: 'index_not_found_exception',
    })
  })

  it('names itself where the engine refuses it otherwise, as the client did not ask it', async () => {
    const error = { type: 'security_exception', reason: 'no permissions' }
    const asked = answering(403, JSON.stringify({ error })).request(request)
    await expect(asked).rejects.toMatchObject({
      message: 'GET /books/_mapping answered 403: security_exception: no permissions',
      status: 403,
    })
  })

  it('has no reason where a gateway answers with a page', async () => {
    await expect(answering(502, '<html>').request(request)).rejects.toThrow('answered 502: no reason given')
  })
})
