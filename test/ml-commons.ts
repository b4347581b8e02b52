import type { EngineClient } from '../src/engine/client.js'

/** Lets models of ml-commons call servers of this machine, as a cluster's administrator has to. */
export async function allowLoopbackModels(client: EngineClient): Promise<void> {
  const persistent = {
    'plugins.ml_commons.trusted_connector_endpoints_regex': [String.raw`^http://127\.0\.0\.1:\d+/.*$`],
    'plugins.ml_commons.connector.private_ip_enabled': true,
  }
  await client.request({ method: 'PUT', path: '/_cluster/settings', body: { persistent } })
}
