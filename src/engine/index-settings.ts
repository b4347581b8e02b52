import type { EngineClient } from './client.js'
import { indexPath } from './index-path.js'
import { isObject, type JsonObject, member } from './json.js'

/**
 * Settings of an index as the engine gives them: without the `index.` prefix, flat, strings; those that were never set
 * are absent. An alias gives those of each index behind it.
 *
 * @returns index name -> settings
 * @throws EngineError if there is no such index
 */
export async function readIndexSettings(
  client: EngineClient,
  index: string,
): Promise<ReadonlyMap<string, JsonObject>> {
  const { body } = await client.request({
    method: 'GET',
    path: indexPath(index, '_settings'),
    query: { flat_settings: true },
  })
  return new Map(
    Object.entries(isObject(body) ? body : {}).map(([name, answer]) => {
      const settings = member(answer, 'settings')
      const flat = Object.entries(isObject(settings) ? settings : {})
      return [name, Object.fromEntries(flat.map(([key, value]) => [key.replace(/^index\./, ''), value]))]
    }),
  )
}

/** What tells an index from another one of its name that was created later. */
export async function readIndexIds(client: EngineClient, index: string): Promise<string> {
  const settings = await readIndexSettings(client, index)
  return Array.from(settings.values(), ({ uuid }) => String(uuid))
    .sort()
    .join(' ')
}
