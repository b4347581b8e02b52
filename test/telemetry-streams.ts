import type { EngineClient } from '../src/engine/client.js'
import type { JsonObject } from '../src/engine/json.js'
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

function withFixedIntervals(body: JsonObject): JsonObject {
  const text = JSON.stringify(body)
  const fixed = text.replace(
    /"auto_date_histogram":{"field":"(.*?)","buckets":\d+}/g,
    '"date_histogram":{"field":"$1","fixed_interval":"30m"}',
  )
  return JSON.parse(fixed) as JsonObject
}
