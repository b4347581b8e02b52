import type { EngineClient } from '../../../src/engine/client.js'

/** Creates an index of documents `d0`, `d1`, … with a field `text`, and nothing of this library in it. */
export async function createTextIndex(client: EngineClient, index: string, documents: number): Promise<void> {
  const mappings = { properties: { text: { type: 'text' } } }
  await client.request({ method: 'PUT', path: `/${index}`, body: { mappings } })
  const lines = Array.from(
    { length: documents },
    (_, number) => `{"index":{"_id":"d${number}"}}\n{"text":"text ${number}"}\n`,
  )
  await client.request({ method: 'POST', path: `/${index}/_bulk?refresh=true`, ndjson: lines.join('') })
}
