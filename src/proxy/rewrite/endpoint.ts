import type { IndexExpression } from './upstream/index-targets.js'
import { EXPRESSION_PARAMETERS } from './upstream/index-targets.js'

/** A request line, taken apart. */
export interface Endpoint {
  readonly action: Action
  /** First part of the path where it names indices, as it was sent; '' where it names none. */
  readonly indices: string
  /** Last part of the path where it is a document's id, as it was sent. */
  readonly id?: string
  /** The path without its parameters, and without slashes at its end. */
  readonly path: string
  readonly parameters: URLSearchParams
}

/**
 * What is done to a request: its queries are rewritten (`search`, of one body; `asynchronous-search`, whose hits may come
 * later; `query`, where there are no hits to explain), also line by line or as a template, it opens a point in time, or it
 * writes documents.
 */
export type Action =
  | 'search'
  | 'asynchronous-search'
  | 'query'
  | 'multi-search'
  | 'template'
  | 'multi-template'
  | 'open-point-in-time'
  | 'bulk'
  | 'write'
  | 'update'

interface Route {
  /** Path behind the indices; `{id}` is a document's id. */
  readonly path: string
  readonly methods: readonly string[]
  readonly action: Action
}

const READ = ['GET', 'POST']
const WRITE = ['PUT', 'POST']

/** OpenSearch's `_async_search`. */
const ASYNCHRONOUS = '_plugins/_asynchronous_search'

const ROUTES: readonly Route[] = [
  { path: '_search', methods: READ, action: 'search' },
  { path: '_async_search', methods: ['POST'], action: 'asynchronous-search' },
  { path: ASYNCHRONOUS, methods: ['POST'], action: 'asynchronous-search' },
  { path: '_count', methods: READ, action: 'query' },
  { path: '_validate/query', methods: READ, action: 'query' },
  { path: '_explain/{id}', methods: READ, action: 'query' },
  { path: '_msearch', methods: READ, action: 'multi-search' },
  { path: '_search/template', methods: READ, action: 'template' },
  { path: '_msearch/template', methods: READ, action: 'multi-template' },
  { path: '_pit', methods: ['POST'], action: 'open-point-in-time' },
  { path: '_search/point_in_time', methods: ['POST'], action: 'open-point-in-time' },
  { path: '_bulk', methods: WRITE, action: 'bulk' },
  { path: '_doc', methods: ['POST'], action: 'write' },
  // With a type, too: before an id, which only later engines would take it for.
  { path: '_doc/_bulk', methods: WRITE, action: 'bulk' },
  { path: '_doc/{id}', methods: WRITE, action: 'write' },
  { path: '_create/{id}', methods: WRITE, action: 'write' },
  { path: '_update/{id}', methods: ['POST'], action: 'update' },
  // With a type, as Elasticsearch 7 and OpenSearch 1 still take them.
  { path: '_doc/{id}/_create', methods: WRITE, action: 'write' },
  { path: '_doc/{id}/_update', methods: ['POST'], action: 'update' },
]

/** @returns undefined for every endpoint that is none of the proxy's business */
export function parseEndpoint(method: string, target: string): Endpoint | undefined {
  const [sent, query] = split(target, '?')
  const path = withoutEndSlashes(sent)
  const parts = path.split('/').slice(1)
  const [first = ''] = parts
  const namesIndices = !first.startsWith('_') || first === '_all'
  const [indices = '', ...rest] = namesIndices ? parts : ['', ...parts]
  if (!isReadablePath(path) || indices === '.' || indices === '..') return undefined
  for (const route of ROUTES) {
    if (!route.methods.includes(method)) continue
    const id = matchPath(route.path, rest)
    if (id === undefined) continue
    const parameters = new URLSearchParams(query)
    // OpenSearch's asynchronous search names indices in a parameter.
    const named = route.path === ASYNCHRONOUS ? encodeURIComponent(parameters.get('index') ?? '') : indices
    return { action: route.action, indices: named, path, parameters, ...(id !== '' && { id }) }
  }
  return undefined
}

/** The indices of a request, to ask for their mappings. */
export function expressionOf({ indices, parameters }: Endpoint, named = indices): IndexExpression {
  const query = EXPRESSION_PARAMETERS.flatMap((name) => {
    const value = parameters.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { path: named, query: Object.fromEntries(query) }
}

/** A request without one of its parameters; the rest of its target stays as it was sent. */
export function withoutParameter(
  endpoint: Endpoint,
  target: string,
  name: string,
): { readonly endpoint: Endpoint; readonly target: string } {
  if (!endpoint.parameters.has(name)) return { endpoint, target }
  const [path, query] = split(target, '?')
  const kept = query.split('&').filter((parameter) => split(parameter, '=')[0] !== name)
  const parameters = new URLSearchParams([...endpoint.parameters].filter(([other]) => other !== name))
  return {
    endpoint: { ...endpoint, parameters },
    target: kept.length === 0 ? path : `${path}?${kept.join('&')}`,
  }
}

/** A path with parameters. */
export function toTarget(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`
}

/** Engines pass over slashes at the end: `/books/_bulk/` is `/books/_bulk`. No expression: it would be quadratic. */
function withoutEndSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** False for percent signs that encode nothing, which the engine refuses. */
function isReadablePath(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** @returns the id, '' where the route has none, undefined where the path is another */
function matchPath(route: string, parts: readonly string[]): string | undefined {
  const wanted = route.split('/')
  if (wanted.length !== parts.length) return undefined
  let id = ''
  for (const [place, name] of wanted.entries()) {
    const part = parts[place] ?? ''
    if (name === '{id}' && part !== '') id = part
    // Engines with types decode `%5Fdoc`, the others refuse it.
    else if (name !== decodeURIComponent(part)) return undefined
  }
  return id
}

function split(text: string, separator: string): readonly [string, string] {
  const place = text.indexOf(separator)
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)]
}
