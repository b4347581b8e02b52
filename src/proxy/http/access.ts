import { ConfigurationError } from '../../errors.js'
import type { ErrorAnswer } from './error-answer.js'
import { globMatches, globsOverlap } from './glob.js'

/**
 * What clients may ask for. A pattern has `*` for any text. Where a list of what is allowed is there, everything
 * else is refused; what is denied is refused in any case. They restrict addresses, not documents: whoever needs
 * permissions has them in the engine.
 */
export interface AccessRules {
  /** Paths, decoded, such as `/_cluster/health` or `/*` + `/_search`. */
  readonly allowPaths?: readonly string[]
  readonly denyPaths?: readonly string[]
  /** Names of indices, aliases and data streams, such as `articles-*`. */
  readonly allowIndices?: readonly string[]
  readonly denyIndices?: readonly string[]
}

/** APIs whose bodies name indices of their own, whatever the path says: a list of indices cannot judge them. */
const NAME_INDICES_IN_BODY: ReadonlySet<string> = new Set([
  '_bulk',
  '_msearch',
  '_mget',
  '_mtermvectors',
  '_reindex',
  '_aliases',
  '_sql',
  '_query',
  '_eql',
  '_ppl',
  '_plugins',
  '_opendistro',
  '_graph',
  '_rank_eval',
  '_monitoring',
  '_transform',
  '_ml',
  '_ingest',
  '_security',
  '_snapshot',
  '_ccr',
  '_rollup',
  '_rollup_search',
  '_watcher',
  '_enrich',
])

/** APIs whose path ends with the name of an index that they make. */
const MAKE_INDEX: ReadonlySet<string> = new Set(['_clone', '_split', '_shrink', '_rollover'])

/** APIs that name no index, and read or end what an allowed request began. */
const OF_NO_INDEX: ReadonlySet<string> = new Set([
  '',
  '/_search/scroll',
  '/_search/point_in_time',
  '/_pit',
  '/_cluster/health',
])

/** Judges targets by rules; undefined where there are no rules, so that nothing has to be parsed. */
export function createAccessCheck(
  rules: AccessRules,
): ((target: string) => ErrorAnswer | undefined) | undefined {
  const { allowPaths = [], denyPaths = [], allowIndices = [], denyIndices = [] } = rules
  const all = [...allowPaths, ...denyPaths, ...allowIndices, ...denyIndices]
  if (all.length === 0) return undefined
  requirePatterns(rules)
  return (target) => {
    const segments = segmentsOf(target)
    if (segments === undefined)
      return {
        status: 400,
        type: 'illegal_argument_exception',
        reason: 'the path cannot be judged by the proxy',
      }
    const complaint = complaintOf(segments, { allowPaths, denyPaths, allowIndices, denyIndices })
    return complaint === undefined
      ? undefined
      : { status: 403, type: 'security_exception', reason: complaint }
  }
}

/** @throws ConfigurationError for an empty pattern, and for a path without its slash */
function requirePatterns({
  allowPaths = [],
  denyPaths = [],
  allowIndices = [],
  denyIndices = [],
}: AccessRules): void {
  for (const pattern of [...allowPaths, ...denyPaths])
    if (!/^[/*]/.test(pattern))
      throw new ConfigurationError('path pattern', 'must begin with / or *', pattern)
  for (const pattern of [...allowIndices, ...denyIndices])
    if (!/^[^/,\s]+$/.test(pattern))
      throw new ConfigurationError('index pattern', 'must be one name, with * for any text', pattern)
}

/**
 * The decoded parts of a path. Undefined for what two parsers may read differently: broken percent signs, `.` and
 * `..`, empty parts, and control characters.
 */
function segmentsOf(target: string): readonly string[] | undefined {
  const path = target.split(/[?#]/, 1)[0] ?? ''
  if (path === '/') return []
  try {
    const segments = path.slice(1).replace(/\/$/, '').split('/').map(decodeURIComponent)
    const isOdd = segments.some(
      (segment) => /^\.{0,2}$/.test(segment) || /[\u0000-\u001f\u007f\\]/.test(segment),
    )
    return isOdd ? undefined : segments
  } catch {
    return undefined
  }
}

function complaintOf(segments: readonly string[], rules: Required<AccessRules>): string | undefined {
  const path = `/${segments.join('/')}`
  const matches = (pattern: string): boolean => globMatches(pattern, path)
  if (rules.denyPaths.some(matches)) return `the path ${path} is not open here`
  const isAllowed = rules.allowPaths.some(matches)
  if (rules.allowPaths.length > 0 && !isAllowed) return `the path ${path} is not open here`
  if (rules.allowIndices.length === 0 && rules.denyIndices.length === 0) return undefined
  return indexComplaint(segments, rules, isAllowed)
}

function indexComplaint(
  segments: readonly string[],
  { allowIndices, denyIndices }: Required<AccessRules>,
  isPathAllowed: boolean,
): string | undefined {
  const api = segments.find((segment) => NAME_INDICES_IN_BODY.has(segment))
  if (api !== undefined && !isPathAllowed)
    return `${api} can name any index in its body, so it is not open beside a list of indices`
  const [first = '', second = '', third] = segments
  if (first === '' || (first.startsWith('_') && first !== '_all')) {
    const isOpen = isPathAllowed || OF_NO_INDEX.has(first === '' ? '' : `/${segments.join('/')}`)
    return isOpen ? undefined : `a request without an index is not open beside a list of indices`
  }
  const made = MAKE_INDEX.has(second) && third !== undefined ? [third] : []
  const names = [...first.split(','), ...made].map((name) => (name === '_all' ? '*' : name))
  const refused = names.find((name, at) => !isOpenIndex(name, at, allowIndices, denyIndices))
  return refused === undefined ? undefined : `the index ${refused} is not open here`
}

function isOpenIndex(name: string, at: number, allow: readonly string[], deny: readonly string[]): boolean {
  // Date math such as <logs-{now/d}> is resolved by the engine.
  if (name.startsWith('<')) return false
  // Takes away from the names before it; without any, releases differ in whether it means all others.
  if (name.startsWith('-')) return at > 0
  if (deny.some((pattern) => globsOverlap(pattern, name))) return false
  return allow.length === 0 || allow.some((pattern) => globMatches(pattern, name))
}
