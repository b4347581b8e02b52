import { describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../../../src/encoder/lexical/lexical-encoder.js'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { applyRules, type RuleEvent } from '../../../../../src/proxy/rewrite/rules/apply-rules.js'
import { normalizeRule } from '../../../../../src/proxy/rewrite/rules/rewrite-rule.js'
import { isEmptyRule, tellRules } from '../../../../../src/proxy/rewrite/rules/tell-rules.js'
import { EncoderUnavailable } from '../../../../../src/proxy/rewrite/encoding/query-encoding.js'

const { ruled } = applyRules(parseJsonSource('{"query":{"match":{"text":"car"}}}').root, {
  index: 'books',
  names: ['books'],
  against: undefined,
  parameters: new URLSearchParams(),
  rules: [normalizeRule({ name: 'r', indices: ['books'], fields: ['text'] })],
  onEvent: () => undefined,
})
const { clause } = ruled[0]!
const encoder = createLexicalEncoder()
const meta = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: encoder.identity,
} as const
const weighed = (tokens: readonly (readonly [string, number])[]) => ({
  clause,
  meta,
  encoder,
  vector: new Map(tokens),
  tokensBefore: tokens.length,
  encodeMs: 1,
})

function told(outcomes: Parameters<typeof tellRules>[1]): readonly RuleEvent[] {
  const events: RuleEvent[] = []
  tellRules(ruled, outcomes, (event) => events.push(event))
  return events
}

describe('what is told of a rule', () => {
  const event = { kind: 'rule', rule: 'r', index: 'books' }

  it('is that its clause was added where it was', () => {
    expect(told([weighed([['car', 1]])])).toEqual([{ ...event, outcome: 'added' }])
  })

  it('is that the query was left where there was no room for the clause', () => {
    const reason = 'the search has no room for further clauses'
    expect(told([])).toEqual([{ ...event, outcome: 'left', reason }])
  })

  it('is that it was left where it could not be encoded', () => {
    const failure = new EncoderUnavailable('the encoder is busy')
    expect(told([{ clause, meta, failure }])).toEqual([
      { ...event, outcome: 'left', reason: 'the encoder is busy' },
    ])
  })

  it('is that it was left where its text has no tokens', () => {
    expect(isEmptyRule(weighed([]))).toBe(true)
    expect(told([weighed([])])).toEqual([{ ...event, outcome: 'left', reason: 'its text has no tokens' }])
  })

  it('is nothing of a query of the client that has no tokens', () => {
    const { isFromRule, ...own } = clause
    expect(isFromRule).toBe(true)
    expect(isEmptyRule({ ...weighed([]), clause: own })).toBe(false)
  })
})
