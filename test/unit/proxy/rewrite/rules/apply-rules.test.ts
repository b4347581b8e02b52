import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { applyRules, type RuleEvent } from '../../../../../src/proxy/rewrite/rules/apply-rules.js'
import { normalizeRule } from '../../../../../src/proxy/rewrite/rules/rewrite-rule.js'

const rule = normalizeRule({ name: 'books', indices: ['books'], fields: ['text'] })
const match = { query: { match: { text: 'car' } } }

function applied(index: string, { names = [], against }: { names?: readonly string[]; against?: string }) {
  const events: RuleEvent[] = []
  const { ruled } = applyRules(parseJsonSource(JSON.stringify(match)).root, {
    index,
    names,
    against,
    parameters: new URLSearchParams(),
    rules: [rule],
    onEvent: (event) => events.push(event),
  })
  return {
    given: ruled.map(({ event }) => event.outcome),
    left: events.map(({ outcome, reason }) => [outcome, reason]),
  }
}

describe('rules for some indices', () => {
  it('are followed where all indices of a search are meant', () => {
    expect(applied('books', {})).toEqual({ given: ['added'], left: [] })
    expect(applied('alias', { names: ['books'] })).toEqual({ given: ['added'], left: [] })
  })

  it('say that they are not where only some are', () => {
    const none = { given: [], left: [['left', 'the rule is not for all indices of the search']] }
    expect(applied('books,plain', {})).toEqual(none)
    expect(applied('*', { names: ['books', 'plain'] })).toEqual(none)
  })

  it('say why they cannot be', () => {
    expect(applied('books', { against: 'a reason' })).toEqual({ given: [], left: [['left', 'a reason']] })
  })

  it('say nothing where none is meant', () => {
    expect(applied('plain', {})).toEqual({ given: [], left: [] })
  })
})
