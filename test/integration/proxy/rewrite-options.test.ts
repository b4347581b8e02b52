import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import type { RewriterOptions } from '../../../src/proxy/rewrite/rewriter-options.js'
import type { RuleEvent } from '../../../src/proxy/rewrite/rules/apply-rules.js'
import type { RewriteRule } from '../../../src/proxy/rewrite/rules/rewrite-rule.js'
import { OUTER_ENGINES, testEngine } from '../../engines.js'
import { askProxy } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'
import { startRewritingUpstream } from './rewriting-upstream.js'

describe.each(OUTER_ENGINES)('options of the rewriter on %s', (id) => {
  const text = 'why does my car not start'
  let fixture: Fixture

  beforeAll(async () => {
    fixture = await openFixture(id)
  })
  afterAll(() => fixture.close())

  /** One search through a rewriter with these options: ids and scores, and the body that was sent. */
  const searchWith = async (options: Partial<RewriterOptions>, body: unknown, headers = {}) => {
    const rewriter = createRewriter({ encoders: [fixture.encoder], ...options })
    const proxy = await startRewritingUpstream(testEngine(id).url, rewriter)
    try {
      const { json, status, warnings } = await askProxy(
        proxy,
        'POST',
        `/${fixture.index}/_search`,
        body,
        headers,
      )
      const { hits } = json as { hits?: { hits: { _id: string; _score: number }[] } }
      return {
        status,
        warnings,
        hits: hits?.hits.map(({ _id, _score }) => [_id, _score] as const) ?? [],
        sent: proxy.sent.at(-1)?.body,
        all: proxy.sent.map((one) => one.body),
      }
    } finally {
      await proxy.close()
    }
  }
  const expected = async () =>
    (await fixture.searcher.search({ query: text })).hits.map((hit) => [hit.id, hit.score] as const)

  describe('rules', () => {
    const rule = { name: 'all', indices: ['rewrite-*'], fields: ['te*'] }
    const match = { query: { match: { text: 'automobile trouble' } } }

    it('find by meaning what the words of the query do not', async () => {
      expect((await searchWith({}, match)).hits).toEqual([])
      const { hits } = await searchWith({ rules: [rule] }, match)
      expect(hits.map(([hit]) => hit)).toContain('car')
    })

    it('keep the query and its options, and add to it', async () => {
      const body = {
        query: { bool: { must: [{ match: { text: { query: text, operator: 'and', boost: 2 } } }] } },
      }
      const { sent } = await searchWith({ rules: [rule] }, body)
      expect(sent).toContain(
        `{"bool":{"should":[{"match":{"text":{"query":"${text}","operator":"and","boost":2}}},`,
      )
    })

    it('replace it where they are to, with its boost and name', async () => {
      const body = { query: { multi_match: { query: text, fields: ['text^2'], boost: 2, _name: 'n' } } }
      const { hits } = await searchWith({ rules: [{ ...rule, mode: 'replace' }] }, body)
      const plain = await expected()
      expect(hits.map(([hit]) => hit)).toEqual(plain.map(([hit]) => hit))
      expect(hits[0]?.[1]).toBeCloseTo(2 * plain[0]![1], 4)
    })

    it.each<[string, Partial<RewriterOptions>, object, Record<string, string>]>([
      ['in the shadow', { rules: [{ ...rule, shadow: true }] }, match, {}],
      ['for a client that wants none', { rules: [rule] }, match, { 'x-splade-rules': 'off' }],
      ['for a client that shouts so', { rules: [rule] }, match, { 'x-splade-rules': 'OFF' }],
      ['of a list in another order', { rules: [rule] }, { ...match, sort: [{ _doc: 'asc' }] }, {}],
      ['of a search without hits', { rules: [rule] }, { ...match, size: 0 }, {}],
      ['of other indices', { rules: [{ ...rule, indices: ['other'] }] }, match, {}],
      ['of other fields', { rules: [{ ...rule, fields: ['title'] }] }, match, {}],
      ['in a filter', { rules: [rule] }, { query: { bool: { filter: match.query } } }, {}],
      [
        'to replace what is more than a text',
        { rules: [{ ...rule, mode: 'replace' }] },
        { query: { match: { text: { query: 'automobile', fuzziness: 1 } } } },
        {},
      ],
    ])('change nothing %s', async (_, options, body, headers) => {
      const { all } = await searchWith(options, body, headers)
      // A rule in the shadow compares beside it.
      expect(all).toContain(JSON.stringify(body))
    })

    const words = Array.from({ length: 520 }, () => ({ match: { text: 'automobile' } }))
    it.each<[string, string, object, Partial<RewriteRule>]>([
      ['has no room for them', 'no room', { query: { bool: { should: words } } }, {}],
      ['has no such field', '"other"', match, { vectorField: 'other' }],
      [
        'has a text without tokens',
        'no tokens',
        { query: { match: { text: '\u200b' } } },
        { mode: 'replace' },
      ],
    ])('leave a search alone that %s, and say so', async (_, reason, body, options) => {
      const events: RuleEvent[] = []
      const rules = [{ ...rule, ...options }]
      const { status, sent } = await searchWith({ rules, onEvent: (event) => events.push(event) }, body)
      expect(status).toBe(200)
      expect(sent).toBe(JSON.stringify(body))
      expect(events.map(({ outcome }) => outcome)).toContain('left')
      for (const event of events) {
        expect(event).toMatchObject({ outcome: 'left', reason: expect.stringContaining(reason) })
      }
    })

    it('refuse an opt-out that is written otherwise', async () => {
      const { status } = await searchWith({ rules: [rule] }, match, { 'x-splade-rules': 'false' })
      expect(status).toBe(400)
    })

    it('tell what they did, and what they would have done', async () => {
      const events: RuleEvent[] = []
      const onEvent = (event: RuleEvent) => events.push(event)
      const { hits } = await searchWith({ rules: [rule], onEvent }, match)
      await searchWith({ rules: [rule], onEvent }, { ...match, sort: '_doc' })
      await searchWith({ rules: [{ ...rule, shadow: true }], onEvent }, match)
      const all = { kind: 'rule', rule: 'all', index: fixture.index }
      // The comparison is made after the answer.
      while (events.length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
      const gained = hits.map(([hit]) => hit)
      expect(events).toEqual([
        { ...all, outcome: 'added' },
        { ...all, outcome: 'left', reason: 'its hits are sorted by _doc' },
        {
          ...all,
          outcome: 'shadowed',
          compared: { tokens: expect.any(Number), before: 0, after: gained.length, kept: 0, gained },
        },
      ])
      expect(events[2]?.compared?.tokens).toBeGreaterThan(1)
    })
  })

  describe('two phases', () => {
    it('give the hits and scores of one, where all candidates are rescored', async () => {
      const body = { size: 10, query: { splade: { text, two_phase: true } } }
      const { hits, sent } = await searchWith({ twoPhase: { ratio: 0.3 } }, body)
      expect(sent).toContain('"rescore":{"window_size":50,')
      const plain = new Map(await expected())
      expect(hits[0]?.[0]).toBe('car')
      for (const [hit, score] of hits) expect(score).toBeCloseTo(plain.get(hit)!, 4)
    })

    it('are left out by themselves where the order is another, and refused where they were asked for', async () => {
      const sorted = { sort: ['_doc'], query: { splade: { text } } }
      const { sent } = await searchWith({ twoPhase: { byDefault: true } }, sorted)
      expect(sent).not.toContain('rescore')
      const { status } = await searchWith({}, { ...sorted, query: { splade: { text, two_phase: true } } })
      expect(status).toBe(400)
    })
  })

  describe('an encoder that fails', () => {
    const failing = (): Encoder => ({
      ...fixture.encoder,
      identity: fixture.encoder.identity,
      encodeQueries: () => Promise.reject(new Error('out of memory')),
    })
    const body = { query: { splade: { text: 'volcano lava' } } }

    it('refuses for now', async () => {
      expect((await searchWith({ encoders: [failing()] }, body)).status).toBe(429)
    })

    it('gives way to full text, and says so', async () => {
      const { hits, warnings } = await searchWith(
        { encoders: [failing()], onEncoderFailure: 'full-text' },
        body,
      )
      expect(hits.map(([hit]) => hit)).toEqual(['volcano'])
      expect(warnings).toEqual([
        'splade-bridge searched full text instead of a sparse vector: the query could not be encoded: out of memory',
      ])
    })

    it('never stands in the way of an application that asked for full text only', async () => {
      const rules = [{ name: 'r', indices: ['*'], fields: ['*'] }]
      const match = { query: { match: { text: 'volcano' } } }
      const { sent, warnings } = await searchWith({ encoders: [failing()], rules }, match)
      expect(sent).toBe(JSON.stringify(match))
      expect(warnings).toEqual([])
    })
  })

  it('writes only to the indices that it is to', () => {
    const planFor = (target: string, writeIndices: readonly string[]) =>
      createRewriter({ encoders: [fixture.encoder], writeIndices }).plan({
        method: 'POST',
        target,
        headers: { 'content-type': 'application/json' },
      })
    expect(planFor('/books/_doc', ['other*'])).toBeUndefined()
    expect(planFor('/others/_doc', ['other*'])).toBeDefined()
    // A line may name another index than the path.
    expect(planFor('/books/_bulk', ['other*'])).toBeDefined()
    expect(planFor('/_bulk', [])).toBeUndefined()
  })
})
