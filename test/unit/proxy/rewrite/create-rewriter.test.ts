import { describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../../../src/encoder/lexical/lexical-encoder.js'
import { toMetaJson } from '../../../../src/engine/index-meta.js'
import { createRewriter } from '../../../../src/proxy/rewrite/create-rewriter.js'
import { RefusedRequest, type RewriteContext, type WholeAnswer } from '../../../../src/proxy/rewriter.js'
import type { RuleEvent } from '../../../../src/proxy/rewrite/rules/apply-rules.js'
import { seededRandom } from '../../../random.js'

const lexical = createLexicalEncoder()
const RULE = { name: 'r', indices: ['*'], fields: ['*'] }
/** A model of its own name, so that no counts are asked for. */
const encoder: Encoder = {
  identity: { name: 'model', fingerprint: 'print' },
  encodeDocuments: (texts) => lexical.encodeDocuments(texts),
  encodeQueries: (texts) => lexical.encodeQueries(texts),
  locate: (text) => lexical.locate(text),
  close: () => Promise.resolve(),
}
const ours = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: encoder.identity,
} as const
const mapping = JSON.stringify({ ours: { mappings: { _meta: toMetaJson(ours) } } })

/** An engine that knows one index, and otherwise has nothing to say. */
function contextOf(asked: string[] = []): RewriteContext {
  const ask = ({ method, target }: { method: string; target: string }): Promise<WholeAnswer> => {
    asked.push(`${method} ${target}`)
    const isKnown = target.startsWith('/ours/_mapping')
    const body = Buffer.from(
      isKnown ? mapping : '{"error":{"type":"index_not_found_exception","reason":"none"}}',
    )
    return Promise.resolve({ status: isKnown ? 200 : 404, headers: {}, body })
  }
  return { signal: new AbortController().signal, ask }
}

const rewriter = createRewriter({ encoders: [encoder], mappingCacheMs: 0 })

async function rewrite(
  target: string,
  body: string,
  headers: Record<string, string> = {},
  asked: string[] = [],
) {
  const request = { method: 'POST', target, headers: { 'content-type': 'application/json', ...headers } }
  const plan = rewriter.plan(request)
  return plan?.rewrite({ ...request, body: Buffer.from(body) }, contextOf(asked))
}

describe('the rewriter', () => {
  it('asks nobody about a body that it has nothing to do with', async () => {
    const asked: string[] = []
    expect(await rewrite('/ours/_search', '{"query":{"match":{"text":"a"}}}', {}, asked)).toBeUndefined()
    expect(await rewrite('/ours/_search', '{"query":{"term":{"splade":"a"}}}', {}, asked)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it.each([
    ['does not answer', new RefusedRequest(502, 'upstream_unreachable_exception', 'ECONNREFUSED')],
    ['answers too much', new RefusedRequest(502, 'content_too_long_exception', 'too long')],
  ])('leaves a search of others alone where the engine %s to its question', async (_, refusal) => {
    const events: RuleEvent[] = []
    const ruled = createRewriter({
      encoders: [encoder],
      rules: [RULE],
      onEvent: (event) => events.push(event),
    })
    const request = {
      method: 'POST',
      target: '/ours/_search',
      headers: { 'content-type': 'application/json' },
    }
    const context = { signal: new AbortController().signal, ask: () => Promise.reject(refusal) }
    const rewriteOf = (query: string) =>
      ruled.plan(request)!.rewrite({ ...request, body: Buffer.from(`{"query":${query}}`) }, context)
    expect(await rewriteOf('{"match":{"text":"a"}}')).toBeUndefined()
    expect(events).toMatchObject([{ outcome: 'left', reason: refusal.message }])
    await expect(rewriteOf('{"splade":{"text":"a"}}')).rejects.toMatchObject({ status: 502 })
  })

  it.each([
    ['is broken', '{"query":{"splade":{"text":"a"}}', '[splade] query: the body around it cannot be read'],
    ['has a byte order mark', '\ufeff{"query":{"splade":{"text":"a"}}}', 'cannot be read: JSON has'],
    [
      'has its query twice',
      '{"query":{"splade":{"text":"a"}},"query":{"match_all":{}}}',
      "Duplicate field 'query'",
    ],
  ])('says what is wrong with a body of its own that %s', async (_, body, reason) => {
    await expect(rewrite('/ours/_search', body)).rejects.toThrow(reason)
  })

  it('leaves it to the engine to refuse a broken body of others', async () => {
    expect(await rewrite('/ours/_search', '{"query":{"neural_sparse":{"a":{}}}')).toBeUndefined()
  })

  it('asks once for several searches of an index, and once more for another caller', async () => {
    const asked: string[] = []
    const cached = createRewriter({ encoders: [encoder] })
    const body = Buffer.from('{}\n{"query":{"splade":{"text":"a b"}}}\n'.repeat(3))
    for (const authorization of ['one', 'one', 'two']) {
      const headers = { 'content-type': 'application/x-ndjson', authorization }
      const request = { method: 'POST', target: '/ours/_msearch', headers }
      await cached.plan(request)?.rewrite({ ...request, body }, contextOf(asked))
    }
    expect(asked).toEqual(['GET /ours/_mapping', 'GET /ours/_mapping'])
  })

  it('works on a large _msearch in steps, so that it does not take all places at once', async () => {
    const request = {
      method: 'POST',
      target: '/ours/_msearch',
      headers: { 'content-type': 'application/x-ndjson' },
    }
    const plan = createRewriter({ encoders: [encoder], maxPendingQueries: 64 }).plan(request)
    const body = Buffer.from('{}\n{"query":{"splade":{"text":"volcano"}}}\n'.repeat(200))
    const result = await plan?.rewrite({ ...request, body }, contextOf())
    expect(result?.body.toString().match(/rank_feature/g)).toHaveLength(200)
  })

  it.each([
    ['YAML', { 'content-type': 'application/yaml' }],
    ['no type', { 'content-type': '' }],
  ])('does not look into %s', (_, headers) => {
    const request = { method: 'POST', target: '/ours/_search', headers }
    expect(createRewriter({ encoders: [] }).plan(request)).toBeUndefined()
  })

  it('leaves what is no UTF-8 to the engine', async () => {
    const request = {
      method: 'POST',
      target: '/ours/_search',
      headers: { 'content-type': 'application/json' },
    }
    const body = Buffer.concat([
      Buffer.from('{"query":{"splade":{"text":"'),
      Buffer.from([0xff]),
      Buffer.from('"}}}'),
    ])
    expect(
      await createRewriter({ encoders: [encoder] })
        .plan(request)
        ?.rewrite({ ...request, body }, contextOf()),
    ).toBeUndefined()
  })

  it('refuses keys that come twice only where it rewrites', async () => {
    await expect(
      rewrite('/ours/_search', '{"query":{"splade":{"text":"a"}},"size":1,"size":2}'),
    ).rejects.toThrow("Duplicate field 'size'")
    expect(
      await rewrite('/ours/_search', '{"query":{"term":{"splade":"a"}},"size":1,"size":2}'),
    ).toBeUndefined()
  })

  it('refuses an answer in YAML that it would have to change', async () => {
    const body = '{"query":{"splade":{"text":"a"}},"splade_explain":true}'
    await expect(rewrite('/ours/_search?format=yaml', body)).rejects.toThrow(
      '[splade_explain] needs an answer in JSON',
    )
  })

  it.each([
    [
      '{"text":"a","prune":{"min_weight":1},"min_weight":2}',
      '[min_weight] cannot be combined with [prune.min_weight]',
    ],
    [
      '{"text":"a","prune":{"max_ratio":2}}',
      '[splade.prune] query: [max_ratio] must be a number from 0 to 1, received 2',
    ],
    ['{"text":"a","prune":{"top_k":0}}', '[splade.prune] query: [top_k] must be an integer >= 1, received 0'],
    [
      '{"text":"a","prune":{"top_k":1},"min_weight":-1}',
      '[splade] query: [min_weight] must be a finite number > 0, received -1',
    ],
  ])('names what is wrong with the pruning of %s as the client does', async (query, message) => {
    await expect(rewrite('/ours/_search', `{"query":{"splade":${query}}}`)).rejects.toThrow(message)
  })

  it.each(['/ours/_count', '/ours/_validate/query', '/ours/_explain/1'])(
    'refuses two phases in %s',
    async (target) => {
      const body = '{"query":{"splade":{"tokens":{"a":1,"b":0.1},"two_phase":true}}}'
      await expect(rewrite(target, body)).rejects.toThrow(
        '[splade] query: [two_phase] cannot be combined with a request that orders no hits',
      )
      expect(await rewrite(target, body.replace('true', 'false'))).toBeDefined()
    },
  )

  it.each([
    ['encodeTimeoutMs', { encodeTimeoutMs: 0 }],
    ['maxPendingQueries', { maxPendingQueries: 1.5 }],
    ['mappingCacheMs', { mappingCacheMs: -1 }],
    ['twoPhase.ratio', { twoPhase: { ratio: 2 } }],
    ['rule "r": fields', { rules: [{ name: 'r', indices: ['*'], fields: [] }] }],
    ['rule "r": indices', { rules: [{ name: 'r', indices: ['a', ''], fields: ['*'] }] }],
    ['rules', { rules: [RULE, RULE] }],
  ])('names the option %s that breaks its rule', (option, options) => {
    expect(() => createRewriter({ encoders: [], ...options })).toThrow(`${option} must`)
  })
})

const SEEDS: readonly (readonly [target: string, body: string])[] = [
  ['/ours/_search', '{"query":{"bool":{"must":[{"splade":{"text":"a b","prune":{"top_k":3}}}]}},"size":5}'],
  [
    '/ours/_search',
    '{"query":{"splade_hybrid":{"queries":[{"match":{"text":"a"}},{"splade":{"tokens":{"a":1}}}]}}}',
  ],
  ['/ours/_search', '{"retriever":{"rrf":{"retrievers":[{"standard":{"query":{"splade":{"text":"a"}}}}]}}}'],
  ['/ours/_count', '{"query":{"neural_sparse":{"splade":{"query_tokens":{"a":1.5}}}}}'],
  ['/ours/_msearch', '{}\n{"query":{"splade":{"text":"a"}}}\n{"index":"ours"}\n{"query":{"match_all":{}}}\n'],
  [
    '/ours/_bulk',
    '{"index":{"_id":"1"}}\n{"text":"a b"}\n{"update":{"_id":"2"}}\n{"doc":{"text":"c"}}\n{"delete":{"_id":"3"}}\n',
  ],
  ['/ours/_doc/1', '{"text":["a","b"],"splade_meta":{"content_hash":"x"},"n":1e400}'],
  ['/ours/_update/1', '{"doc":{"text":"a"},"doc_as_upsert":true,"script":"x"}'],
]
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\u0000',
  'null',
  '-1',
  '1e999',
  '"splade"',
  '/*',
  '\\ud800',
  '김',
  '{"splade":{}}',
]

describe('malformed bodies', () => {
  it('are refused in so many words, or left to the engine', async () => {
    const random = seededRandom(7)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
    const outcomes = { refused: 0, untouched: 0, rewritten: 0 }
    for (let round = 0; round < 4000; round++) {
      const [target, seed] = pick(SEEDS)
      let body = seed
      for (let change = Math.floor(random() * 4); change >= 0; change--) {
        const [from, length] = [Math.floor(random() * body.length), Math.floor(random() * 6)]
        body = body.slice(0, from) + pick(PIECES) + body.slice(from + length)
      }
      try {
        outcomes[(await rewrite(target, body)) === undefined ? 'untouched' : 'rewritten']++
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw new Error(`${target} ${body}`, { cause: error })
        outcomes.refused++
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(50)
  })
})
