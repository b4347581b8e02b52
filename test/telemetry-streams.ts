import type { EngineClient } from '../src/engine/client.js'
import { arrayMember, type JsonObject, member } from '../src/engine/json.js'
import type { PanelRequest } from './dashboard-requests.js'

/** Asks as a panel does, among the events of one namespace. */
export async function askStreams(
  client: EngineClient,
  namespace: string,
  { index, body }: Pick<PanelRequest, 'index' | 'body'>,
): Promise<unknown> {
  const filter = [{ term: { 'data_stream.namespace': namespace } }, ...(body.query ? [body.query] : [])]
  // Part of every distribution; from Elasticsearch 8 on in a module that is not published by itself.
  const hasAutomaticIntervals = client.info.distribution === 'opensearch'
  const { body: answer } = await client.request({
    method: 'POST',
    path: `/${index}/_search`,
    body: { ...(hasAutomaticIntervals ? body : withFixedIntervals(body)), query: { bool: { filter } } },
  })
  return answer
}

/** Events about an index in the default namespace, the oldest first. */
export async function eventsOf(
  client: EngineClient,
  dataset: string,
  index: string,
): Promise<readonly unknown[]> {
  const path = `/logs-splade.${dataset}-default`
  await client.request({ method: 'POST', path: `${path}/_refresh` })
  const body = { size: 100, query: { term: { 'splade.index': index } }, sort: ['@timestamp'] }
  const { body: answer } = await client.request({ method: 'POST', path: `${path}/_search`, body })
  return arrayMember(answer, 'hits', 'hits').map((hit) => member(hit, '_source'))
}

function withFixedIntervals(body: JsonObject): JsonObject {
  const text = JSON.stringify(body)
  const fixed = text.replace(
    /"auto_date_histogram":{"field":"(.*?)","buckets":\d+}/g,
    '"date_histogram":{"field":"$1","fixed_interval":"30m"}',
  )
  return JSON.parse(fixed) as JsonObject
}
