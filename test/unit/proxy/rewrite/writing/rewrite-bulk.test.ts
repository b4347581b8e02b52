import { describe, expect, it } from '@jest/globals'
import { toMetaJson } from '../../../../../src/engine/index-meta.js'
import { createRewriter } from '../../../../../src/proxy/rewrite/create-rewriter.js'
import { RefusedRequest, type RewriteContext, type WholeAnswer } from '../../../../../src/proxy/rewriter.js'
import { encoder, meta } from './books.js'

const mappings = { books: { mappings: { _meta: toMetaJson(meta) } } }

/** Three documents of one round each, of which the second round goes wrong. */
const BODY = [
  '{"index":{"_id":"1"}}',
  '{"text":"a volcano"}',
  '{"update":{"_id":"1"}}',
  '{"doc":{"text":"bread"}}',
  '{"update":{"_id":"1"}}',
  '{"doc":{"text":"snow"}}',
]

type Answer = WholeAnswer | RefusedRequest

function json(status: number, body: unknown): WholeAnswer {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) }
}

/** @param bulk answers to `_bulk`, in turns */
async function send(
  bulk: readonly Answer[],
  mget: Answer,
  body: readonly string[] = BODY,
  mapping: Answer = json(200, mappings),
) {
  const sent: string[] = []
  const answers = bulk.values()
  const ask: RewriteContext['ask'] = ({ target, body: asked }) => {
    const path = target.split('?', 1)[0] ?? ''
    if (path === '/books/_bulk') sent.push(asked.toString())
    const known: Record<string, Answer> = { '/_mget': mget, '/books/_mapping': mapping }
    const answer = known[path] ?? answers.next().value ?? json(500, {})
    return answer instanceof RefusedRequest ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const headers = { 'content-type': 'application/x-ndjson' }
  const request = { method: 'POST', target: '/books/_bulk', headers }
  const result = createRewriter({ encoders: [encoder] })
    .plan(request)
    ?.rewrite(
      { ...request, body: Buffer.from(body.map((line) => `${line}\n`).join('')) },
      {
        signal: new AbortController().signal,
        ask,
      },
    )
  const answer = await result
  const own = answer?.kind === 'answer' ? answer.body.toString() : 'null'
  return { answer, sent, body: JSON.parse(own) as unknown }
}

const stored = json(200, { took: 1, errors: false, items: [{ index: { _id: '1', status: 201 } }] })
const document = json(200, { docs: [{ _source: { text: 'a volcano' }, _seq_no: 4, _primary_term: 1 }] })
const busy = json(429, { error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } })
const away = new RefusedRequest(503, 'upstream_exception', 'no node of the engine answers')

describe('a bulk in rounds', () => {
  it.each([
    ['the engine is busy', [stored, busy], document, 429, 2],
    ['the engine is away', [stored, away], document, 503, 2],
    ['the document cannot be read', [stored], busy, 429, 1],
  ])('fails operation by operation from where %s', async (_, bulk, mget, status, requests) => {
    const { body, sent } = await send(bulk, mget)
    expect(body).toMatchObject({
      took: 1,
      errors: true,
      items: [{ index: { status: 201 } }, { update: { _id: '1', status } }, { update: { status } }],
    })
    expect(sent).toHaveLength(requests)
  })

  it('gets the answer of an engine that does not take the first one', async () => {
    const { answer, sent } = await send([busy], document)
    expect(answer).toMatchObject({ kind: 'answer', status: 429, body: busy.body })
    expect(sent).toHaveLength(1)
  })

  it('writes under the number that the round before left', async () => {
    const { sent } = await send([stored, stored, stored], document)
    expect(sent[1]).toContain('{"index":{"_id":"1","if_seq_no":4,"if_primary_term":1}}\n{"text":"bread",')
  })

  it('has the warning of a script in its own answer', async () => {
    const script = ['{"update":{"_id":"1"}}', '{"script":"ctx._source.text = params.t"}']
    const { answer } = await send([stored, stored], document, [...script, ...BODY.slice(2, 4)])
    expect(answer).toMatchObject({
      headers: { warning: [expect.stringContaining('splade-bridge does not run scripts')] },
    })
  })
})

describe('a bulk for an index of which the engine cannot tell for now', () => {
  const ask = (mapping: Answer) => send([], document, ['{"index":{"_id":"1"}}', '{"text":"a"}'], mapping)
  const notReady = json(503, { error: { type: 'cluster_block_exception', reason: 'not recovered' } })

  it.each([
    ['is away', new RefusedRequest(502, 'upstream_unreachable_exception', 'ECONNREFUSED'), 502],
    ['is not ready', notReady, 503],
    ['is busy', busy, 429],
  ])('fails as a whole where it %s, so that clients repeat it', async (_, mapping, status) => {
    await expect(ask(mapping)).rejects.toMatchObject({ status })
  })

  it('goes on without vectors, and says so, where the client may not know', async () => {
    const { answer } = await ask(json(403, { error: { type: 'security_exception', reason: 'no' } }))
    expect(answer).toMatchObject({ kind: 'request', warnings: [expect.stringContaining('without vectors')] })
    expect(answer?.body.toString()).toBe('{"index":{"_id":"1"}}\n{"text":"a"}\n')
  })
})
