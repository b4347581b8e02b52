import { ConfigurationError } from '../../../errors.js'
import type { Headers } from '../../rewriter.js'
import { badRequest } from '../refuse.js'

/** Full-text queries of an application that are to gain meaning without a change of the application. */
export interface RewriteRule {
  /** How events and messages name it. */
  readonly name: string
  /** Names of indices or aliases, with `*` for any text. */
  readonly indices: readonly string[]
  /** Text fields whose `match` and `multi_match` queries it is for, with `*` for any text. */
  readonly fields: readonly string[]
  /** `add` puts a sparse clause beside the client's, `replace` takes its place. Default `add`. */
  readonly mode?: 'add' | 'replace'
  /** Only tell what would change. Default false. */
  readonly shadow?: boolean
  /** Factor on the sparse clause's weights, > 0. Default 1. */
  readonly boost?: number
  /** Vector field that is asked. Default: the index's first. */
  readonly vectorField?: string
}

/** A rule with its defaults. */
export type NormalizedRule = Readonly<RewriteRule & Required<Omit<RewriteRule, 'vectorField'>>>

/** @throws ConfigurationError naming the rule and the option */
export function normalizeRule(rule: RewriteRule): NormalizedRule {
  const { name, indices, fields, mode = 'add', shadow = false, boost = 1 } = rule
  const option = (what: string): string => `rule "${name}": ${what}`
  if (name === '') throw new ConfigurationError('rule', 'must have a name', name)
  for (const [what, names] of Object.entries({ indices, fields })) {
    if (names.length === 0) throw new ConfigurationError(option(what), 'must name at least one', '')
    if (names.includes('')) throw new ConfigurationError(option(what), 'must not hold an empty name', '')
  }
  if (!(boost > 0 && Number.isFinite(boost)))
    throw new ConfigurationError(option('boost'), 'must be a finite number > 0', boost)
  return Object.freeze({ ...rule, mode, shadow, boost })
}

/** @throws ConfigurationError for two rules of one name: logs and metrics could not tell them apart */
export function normalizeRules(rules: readonly RewriteRule[]): readonly NormalizedRule[] {
  const names = rules.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) < place)
  if (twice !== undefined) throw new ConfigurationError('rules', 'must each have a name of their own', twice)
  return rules.map(normalizeRule)
}

/** A header by which a client does without rules, for one request: `X-Splade-Rules: off`. */
const RULES_HEADER = 'x-splade-rules'

/** @throws RefusedRequest for any other value: a client that wants no rules must not get them for a slip */
export function doesWithoutRules(headers: Headers): boolean {
  const value = headers[RULES_HEADER]
  if (value === undefined) return false
  if (typeof value === 'string' && value.trim().toLowerCase() === 'off') return true
  throw badRequest(
    `the header X-Splade-Rules must be "off" where it is sent, received ${JSON.stringify(value)}`,
  )
}
