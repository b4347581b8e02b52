import { EngineError } from '../errors.js'
import type { EngineRequester } from './client.js'
import { EngineResponseError } from './failure.js'
import { indexPath } from './index-path.js'
import { arrayMember, isObject, type JsonObject, member, stringMember } from './json.js'

/** One of the indices that a data stream is made of. */
export interface BackingIndex {
  readonly name: string
  /** Tells it from another one of its name that was created later. */
  readonly uuid: string
}

/**
 * The data stream behind a name, be it the stream's own or an alias.
 *
 * @returns undefined where there is none: for an index, and where nothing has that name
 */
export async function dataStreamName(client: EngineRequester, index: string): Promise<string | undefined> {
  try {
    const query = { filter_path: '*.data_stream' }
    const { body } = await client.request({ method: 'GET', path: indexPath(index), query })
    const [backing] = Object.values(isObject(body) ? body : {})
    return stringMember(backing, 'data_stream')
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return undefined
    throw error
  }
}

/**
 * The indices of a data stream, from the oldest to the one that is written to; never empty.
 *
 * @throws EngineError if there is no such stream
 */
export async function readBackingIndices(
  client: EngineRequester,
  stream: string,
): Promise<readonly [BackingIndex, ...BackingIndex[]]> {
  const { body } = await client.request({ method: 'GET', path: streamPath(stream) })
  const [first, ...others] = arrayMember(arrayMember(body, 'data_streams')[0], 'indices').map(
    (index): BackingIndex => ({
      name: stringMember(index, 'index_name') ?? '',
      uuid: stringMember(index, 'index_uuid') ?? '',
    }),
  )
  if (first === undefined) throw new EngineError(`there is no data stream "${stream}"`, 404)
  return [first, ...others]
}

/** Creates a data stream; a template that makes data streams of its name must be there. */
export async function createDataStream(client: EngineRequester, stream: string): Promise<void> {
  await client.request({ method: 'PUT', path: streamPath(stream) })
}

/** Deletes a data stream with all its indices. */
export async function deleteDataStream(client: EngineRequester, stream: string): Promise<void> {
  await client.request({ method: 'DELETE', path: streamPath(stream) })
}

/** True for the refusal of an index whose name is one of data streams, by a template. */
export function isOnlyForDataStreams(error: unknown): boolean {
  // No type of its own: Elasticsearch and OpenSearch both say it in these words, from the first release with streams on.
  return error instanceof EngineResponseError && error.message.includes('creates data streams only')
}

/** Mappings that an index of this name would get from templates, as a `_mapping` answer has them. */
export async function simulateMappings(client: EngineRequester, index: string): Promise<JsonObject> {
  const path = `/_index_template/_simulate_index/${encodeURIComponent(index)}`
  const { body } = await client.request({ method: 'POST', path })
  return { [index]: member(body, 'template') }
}

function streamPath(stream: string): string {
  return `/_data_stream/${encodeURIComponent(stream)}`
}
