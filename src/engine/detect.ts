import { EngineError } from '../errors.js'
import type { EngineInfo, EngineRequest } from './client.js'
import { EngineResponseError } from './failure.js'
import { isObject, member, stringMember } from './json.js'
import type { EngineTransport } from './transport.js'
import { atLeast } from './version.js'

/** The first versions whose `rank_feature` query knows `linear`; without it a score is not a dot product. */
const FIRST_WITH_LINEAR = { elasticsearch: '7.12.0', opensearch: '1.1.0' } as const

/**
 * Reads who answers from `GET /`, and from the node itself where that answer is missing (an embedded
 * Elasticsearch without its root handler) or disguised (`compatibility.override_main_response_version`, by
 * which OpenSearch calls itself 7.10.2).
 *
 * @throws EngineError for anything but an Elasticsearch or OpenSearch that knows `linear`
 */
export async function detectEngine(transport: EngineTransport): Promise<EngineInfo> {
  const root = await answerOf(transport, { method: 'GET', path: '/' }, [400, 405])
  const distribution = distributionOf(root)
  const stated = stringMember(root, 'version', 'number')
  const disguised = distribution === 'opensearch' && stated === '7.10.2'
  const version = stated === undefined || disguised ? await nodeVersion(transport) : stated
  if (version === undefined) {
    throw new EngineError('something answers, but it is neither Elasticsearch nor OpenSearch', 0)
  }
  requireLinear({ distribution, version })
  return { distribution, version }
}

function distributionOf(root: unknown): EngineInfo['distribution'] {
  const byName = stringMember(root, 'version', 'distribution') === 'opensearch'
  const byTagline = stringMember(root, 'tagline')?.includes('OpenSearch') === true
  return byName || byTagline ? 'opensearch' : 'elasticsearch'
}

async function nodeVersion(transport: EngineTransport): Promise<string | undefined> {
  const query = { filter_path: 'nodes.*.version' }
  const body = await answerOf(transport, { method: 'GET', path: '/_nodes/_local', query }, [404, 405])
  const nodes = member(body, 'nodes')
  const [node] = isObject(nodes) ? Object.values(nodes) : []
  return stringMember(node, 'version')
}

/** @returns undefined for a status that says that nothing answers there */
async function answerOf(
  transport: EngineTransport,
  request: EngineRequest,
  noAnswer: readonly number[],
): Promise<unknown> {
  try {
    return (await transport.send(request)).body
  } catch (error) {
    if (error instanceof EngineResponseError && noAnswer.includes(error.status)) return undefined
    throw error
  }
}

function requireLinear({ distribution, version }: EngineInfo): void {
  const minimum = FIRST_WITH_LINEAR[distribution]
  if (atLeast(version, minimum)) return
  const name = distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'
  throw new EngineError(
    `${name} ${version} is too old: rank_feature queries with "linear" need ${name} ${minimum} or later`,
    0,
  )
}
