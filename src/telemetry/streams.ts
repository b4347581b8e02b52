import type { EngineRequester } from '../engine/client.js'
import { applyChanges, type EngineResource, MANAGED_BY, planResources } from '../engine/engine-resource.js'
import { EngineResponseError } from '../engine/failure.js'
import type { JsonObject } from '../engine/json.js'
import { readSetupFile } from '../engine/setup-files.js'

/** What telemetry is about; each has a data stream of its own. */
export const DATASETS = [
  'splade.query',
  'splade.token',
  'splade.ingest',
  'splade.quality',
  'splade.proxy',
] as const

export type Dataset = (typeof DATASETS)[number]

/** Type of the streams, the first part of their names. */
export const STREAM_TYPE = 'logs'

/** Last part of the streams' names where nobody says otherwise. */
export const DEFAULT_NAMESPACE = 'default'

/** Pattern of all streams of telemetry; that of the data view and of the index template. */
export const TELEMETRY_PATTERN = `${STREAM_TYPE}-splade.*-*`

/** Name of the index template in the engine. */
export const TELEMETRY_TEMPLATE = `${MANAGED_BY}-telemetry`

/** @returns for example `logs-splade.query-default` */
export function streamName(dataset: Dataset, namespace: string = DEFAULT_NAMESPACE): string {
  return `${STREAM_TYPE}-${dataset}-${namespace}`
}

/** True for the streams of telemetry and the indices behind them, which are never spoken of in telemetry. */
export function isTelemetryIndex(name: string): boolean {
  return /^(\.ds-)?logs-splade\./.test(name)
}

/**
 * Puts the index template of `mappings/telemetry.json` into the engine, so that the first event makes its stream.
 * Where the engine has no data streams, plain indices of the same names and mapping take their place.
 *
 * @throws EngineError if the template is not this library's, or of a newer release of it
 */
export async function prepareTelemetry(client: EngineRequester): Promise<void> {
  const file = await readSetupFile('mappings/telemetry')
  const body = (await hasDataStreams(client)) ? file : withoutDataStream(file)
  const template: EngineResource = { kind: 'index template', name: TELEMETRY_TEMPLATE, body }
  await applyChanges(client, await planResources(client, [template]))
}

/** Elasticsearch without its module for data streams knows no such path. */
async function hasDataStreams(client: EngineRequester): Promise<boolean> {
  try {
    await client.request({ method: 'GET', path: `/_data_stream/${encodeURIComponent(TELEMETRY_PATTERN)}` })
    return true
  } catch (error) {
    if (error instanceof EngineResponseError) {
      if (error.status === 400 || error.status === 405) return false
      if (error.status === 404) return true
    }
    throw error
  }
}

function withoutDataStream(file: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(file).filter(([name]) => name !== 'data_stream'))
}
