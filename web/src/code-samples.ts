import type { InfoAnswer } from '../../src/web/api.js'

export const FORMS = ['json', 'curl', 'javascript', 'python'] as const
export type Form = (typeof FORMS)[number]

export interface Sample {
  readonly info: InfoAnswer
  /** Where the search is sent: the engine, or the proxy. */
  readonly url: string
  readonly body: object
}

/** The address at which `splade-bridge proxy` listens unless told otherwise. */
export const PROXY_URL = 'http://127.0.0.1:9300'

/** A search as it is written somewhere else. */
export function sampleOf(form: Form, { info, url, body }: Sample): string {
  const json = JSON.stringify(body, null, 2)
  switch (form) {
    case 'json':
      return `POST /${encodeURIComponent(info.index)}/_search\n${json}`
    case 'curl':
      return (
        `curl '${url}/${encodeURIComponent(info.index)}/_search?pretty' \\\n` +
        `  -H 'content-type: application/json' -d '${json.replaceAll("'", String.raw`'\''`)}'`
      )
    case 'javascript':
      return javascript(info, url, json)
    case 'python':
      return python(info, url, body)
  }
}

function javascript({ engine, index, titleField }: InfoAnswer, url: string, json: string): string {
  const name = JSON.stringify(index)
  const title = memberAccess(titleField)
  if (engine.distribution === 'opensearch')
    return (
      `import { Client } from '@opensearch-project/opensearch'\n\n` +
      `const client = new Client({ node: '${url}' })\n` +
      `const { body } = await client.search({ index: ${name}, body: ${json} })\n` +
      `for (const hit of body.hits.hits) console.log(hit._score, hit._source${title})`
    )
  return (
    `import { Client } from '@elastic/elasticsearch'\n\n` +
    `const client = new Client({ node: '${url}' })\n` +
    `const body = ${json}\n` +
    `const { hits } = await client.search({ index: ${name}, ...body })\n` +
    `for (const hit of hits.hits) console.log(hit._score, hit._source${title})`
  )
}

function python({ engine, index, titleField }: InfoAnswer, url: string, body: object): string {
  const [module, type] =
    engine.distribution === 'opensearch' ? ['opensearchpy', 'OpenSearch'] : ['elasticsearch', 'Elasticsearch']
  const call = engine.distribution === 'opensearch' ? 'body=body' : '**body'
  return (
    `from ${module} import ${type}\n\n` +
    `client = ${type}("${url}")\n` +
    `body = ${pythonLiteral(body)}\n` +
    `for hit in client.search(index=${JSON.stringify(index)}, ${call})["hits"]["hits"]:\n` +
    `    print(hit["_score"], hit["_source"]${pythonAccess(titleField)})`
  )
}

/** A field of a document, whose path may lead through objects that some documents lack. */
function memberAccess(field: string): string {
  return field
    .split('.')
    .map((name, depth) => {
      const isPlain = /^[A-Za-z_$][\w$]*$/.test(name)
      const optional = depth > 0 ? '?.' : ''
      return isPlain ? `${optional || '.'}${name}` : `${optional}[${JSON.stringify(name)}]`
    })
    .join('')
}

function pythonAccess(field: string): string {
  const names = field.split('.').map((name) => JSON.stringify(name))
  return names.map((name, depth) => `.get(${name}${depth < names.length - 1 ? ', {}' : ''})`).join('')
}

/** JSON as Python has it, whose constants are written otherwise. */
function pythonLiteral(value: unknown, indent = ''): string {
  const inner = `${indent}    `
  const wrap = (open: string, lines: readonly string[], close: string): string =>
    lines.length === 0
      ? open + close
      : `${open}\n${lines.map((line) => inner + line).join(',\n')},\n${indent}${close}`
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((item) => pythonLiteral(item, inner)),
      ']',
    )
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${pythonLiteral(member, inner)}`,
  )
  return wrap('{', members, '}')
}
