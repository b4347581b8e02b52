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
async function send(bulk: readonly Answer[], mget: Answer, body: readonly string[] = BODY) {
  const sent: string[] = []
  const answers = bulk.values()
  const ask: RewriteContext['ask'] = ({ target, body: asked }) => {
    const path = target.split('?', 1)[0] ?? ''
    if (path === '/books/_mapping') return Promise.resolve(json(200, mappings))
    if (path === '/books/_bulk') sent.push(asked.toString())
    const answer = path === '/_mget' ? mget : (answers.next().value ?? json(500, {}))
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
  return { answer, sent, body: JSON.parse(answer?.body.toString() ?? 'null') as unknown }
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
