import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { alertFiles } from '../../../src/dashboards/alerts/alert-files.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { arrayMember, type JsonObject, member, numberMember, stringMember } from '../../../src/engine/json.js'
import { createEngineSink } from '../../../src/telemetry/engine-sink.js'
import type { QualityEvent, TelemetryEvent } from '../../../src/telemetry/events.js'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { INGEST_EVENT, PROXY_EVENT, QUALITY_EVENT, QUERY_EVENT } from '../../telemetry-events.js'
import { deleteTelemetry } from '../../telemetry-run.js'

function evaluation(method: QualityEvent['method'], ndcg10: number): QualityEvent {
  return { ...QUALITY_EVENT, method, ndcg: { ...QUALITY_EVENT.ndcg, 10: ndcg10 } }
}

/** A day as it should be: one search in ten finds nothing, one request fails, BM25 is no better than it ever was. */
const CALM: readonly TelemetryEvent[] = [
  ...times(36, QUERY_EVENT),
  ...times(4, { ...QUERY_EVENT, hits: 0 }),
  { ...QUERY_EVENT, timings: { encodeMs: 10, engineMs: 5000, totalMs: 5010 } },
  { ...INGEST_EVENT, documents: { ...INGEST_EVENT.documents, deadLettered: 0 } },
  ...times(50, PROXY_EVENT),
  { ...PROXY_EVENT, status: 502 },
  QUALITY_EVENT,
  { ...evaluation('bm25', 0.62), model: 'engine' },
  evaluation('hybrid', 0.78),
]

/** What the rules are for, each by itself. */
const TROUBLE: Readonly<Record<string, readonly TelemetryEvent[]>> = {
  'zero-results.json': times(20, { ...QUERY_EVENT, hits: 0 }),
  'slow-searches.json': times(25, {
    ...QUERY_EVENT,
    timings: { encodeMs: 10, engineMs: 2000, totalMs: 2010 },
  }),
  'dead-letters.json': [INGEST_EVENT],
  'proxy-errors.json': times(15, { ...PROXY_EVENT, status: 503 }),
  'relevance-drop.json': [evaluation('sparse', 0.62)],
}

const NAMES = Object.keys(TROUBLE)

describe.each(NEWEST_ENGINES)('alert rules on %s', (id) => {
  const calm = uniqueName('calm')
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    await write(client, calm, CALM)
  })
  afterAll(async () => {
    await deleteTelemetry(client, calm)
    await client.close()
  })

  it.each(NAMES)('of Kibana: %s fires when it should, and not otherwise', async (name) => {
    await expectToFire(client, calm, name, (namespace) => kibanaFires(client, namespace, name))
  })

  // Monitors are OpenSearch's alone, and the test engines of its first release run without Painless.
  if (id === 'opensearch-3' || id === 'opensearch-2')
    it.each(NAMES)('of OpenSearch: %s fires when it should, and not otherwise', async (name) => {
      await expectToFire(client, calm, name, (namespace) => monitorFires(client, namespace, name))
    })
})

function times(count: number, event: TelemetryEvent): readonly TelemetryEvent[] {
  return Array.from({ length: count }, () => event)
}

async function write(
  client: EngineClient,
  namespace: string,
  events: readonly TelemetryEvent[],
): Promise<void> {
  const service = { name: 'alerts', version: '0' }
  const sink = createEngineSink(client, { namespace, service, closeMs: 60_000 })
  for (const event of events) sink.record(event)
  await sink.close()
  if (sink.counts.dropped > 0) throw new Error(`events were lost: ${sink.counts.lastFailure ?? ''}`)
  await client.request({ method: 'POST', path: `/logs-splade.*-${namespace}/_refresh` })
}

async function expectToFire(
  client: EngineClient,
  calm: string,
  name: string,
  fires: (namespace: string) => Promise<boolean>,
): Promise<void> {
  expect(await fires(calm)).toBe(false)
  const namespace = uniqueName('trouble')
  await write(client, namespace, [...CALM, ...TROUBLE[name]!])
  expect(await fires(namespace)).toBe(true)
  await deleteTelemetry(client, namespace)
}

function ruleBody(product: 'kibana' | 'opensearch', name: string): JsonObject {
  return alertFiles(product).find((file) => file.name === name)!.body
}

/** The streams that a rule looks at, but of this test alone. */
function within(pattern: unknown, namespace: string): string {
  return String(pattern).replace(/\*$/, namespace)
}

/** Does as Kibana does with a rule of this type: its query, and the window of time, and its aggregation. */
async function kibanaFires(client: EngineClient, namespace: string, name: string): Promise<boolean> {
  const params = member(ruleBody('kibana', name), 'params')
  const query = member(JSON.parse(stringMember(params, 'esQuery') ?? ''), 'query')
  const field = stringMember(params, 'timeField') ?? ''
  const window = `now-${numberMember(params, 'timeWindowSize')}${stringMember(params, 'timeWindowUnit')}`
  const aggType = stringMember(params, 'aggType') ?? ''
  const body = {
    size: 0,
    track_total_hits: true,
    query: { bool: { filter: [query, { range: { [field]: { gt: window, lte: 'now' } } }] } },
    ...(aggType !== 'count' && { aggs: { metricAgg: { [aggType]: { field: member(params, 'aggField') } } } }),
  }
  const path = `/${within(arrayMember(params, 'index')[0], namespace)}/_search`
  const { body: answer } = await client.request({ method: 'POST', path, body })
  const found =
    aggType === 'count'
      ? numberMember(answer, 'hits', 'total', 'value')
      : numberMember(answer, 'aggregations', 'metricAgg', 'value')
  if (found === undefined) return false
  const [threshold] = arrayMember(params, 'threshold') as readonly number[]
  return member(params, 'thresholdComparator') === '>' ? found > threshold! : found < threshold!
}

/** Does as the plugin does with a monitor: its search with the time filled in, and its condition as a script. */
async function monitorFires(client: EngineClient, namespace: string, name: string): Promise<boolean> {
  const monitor = ruleBody('opensearch', name)
  const [input] = arrayMember(monitor, 'inputs')
  const text = JSON.stringify(member(input, 'search', 'query')).replaceAll(
    '{{period_end}}',
    String(Date.now()),
  )
  const { body: result } = await client.request({
    method: 'POST',
    path: `/${within(arrayMember(input, 'search', 'indices')[0], namespace)}/_search`,
    body: JSON.parse(text) as object,
  })
  const [trigger] = arrayMember(monitor, 'triggers')
  const source = stringMember(trigger, 'query_level_trigger', 'condition', 'script', 'source') ?? ''
  const { body: answer } = await client.request({
    method: 'POST',
    path: '/_scripts/painless/_execute',
    body: {
      script: { source: `def ctx = params.ctx; return ${source}`, params: { ctx: { results: [result] } } },
    },
  })
  return stringMember(answer, 'result') === 'true'
}
