import type { IndexExpression } from './upstream/index-targets.js'
import { EXPRESSION_PARAMETERS } from './upstream/index-targets.js'

/** A request line, taken apart. */
export interface Endpoint {
  readonly action: Action
  /** First part of the path where it names indices, as it was sent; '' where it names none. */
  readonly indices: string
  readonly parameters: URLSearchParams
}

/** Endpoints that are looked into. */
export type Action = 'search'

/** Last parts of the path -> methods -> action. */
const ACTIONS: Readonly<Record<string, { readonly methods: readonly string[]; readonly action: Action }>> = {
  _search: { methods: ['GET', 'POST'], action: 'search' },
  _async_search: { methods: ['POST'], action: 'search' },
  _count: { methods: ['GET', 'POST'], action: 'search' },
  '_validate/query': { methods: ['GET', 'POST'], action: 'search' },
}

/** @returns undefined for every endpoint that is none of the proxy's business */
export function parseEndpoint(method: string, target: string): Endpoint | undefined {
  const [path, query] = split(target, '?')
  const parts = path.split('/').slice(1)
  const parameters = new URLSearchParams(query)
  const [indices = '', ...rest] =
    parts[0]?.startsWith('_') === true && parts[0] !== '_all' ? ['', ...parts] : parts
  if (indices === '.' || indices === '..') return undefined
  const known = Object.hasOwn(ACTIONS, rest.join('/')) ? ACTIONS[rest.join('/')] : undefined
  return known?.methods.includes(method) === true ? { action: known.action, indices, parameters } : undefined
}

/** The indices of a request, to ask for their mappings. */
export function expressionOf({ indices, parameters }: Endpoint, named = indices): IndexExpression {
  const query = EXPRESSION_PARAMETERS.flatMap((name) => {
    const value = parameters.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { path: named, query: Object.fromEntries(query) }
}

function split(text: string, separator: string): readonly [string, string] {
  const place = text.indexOf(separator)
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)]
}
