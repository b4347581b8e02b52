import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { EngineError } from '../errors.js'
import { openSearcher, type Searcher } from '../search/search.js'
import { type CliContext, openEngine, settingValue } from './context.js'
import { askedField, openIndexEncoder } from './encoders.js'
import { deviceWarning } from './inference-settings.js'
import type { Settings } from './settings.js'

/** What a command that searches works with. */
export interface OpenSearcher {
  readonly searcher: Searcher
  readonly encoder: Encoder
  readonly client: EngineClient
  /** Name of the index. */
  readonly index: string
}

/**
 * Opens the index that the settings name with its encoder, and closes both after the work.
 *
 * @throws EngineError if there is no such index, or another model wrote it
 */
export async function withSearcher<Result>(
  context: CliContext,
  settings: Settings,
  work: (open: OpenSearcher) => Promise<Result>,
): Promise<Result> {
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const { encoder, meta } = await openIndexEncoder(client, settings, {
      workload: 'single',
      onDevice: deviceWarning(context.terminal),
    })
    try {
      if (meta === undefined) throw noIndex(index)
      const field = askedField(settings)
      const searcher = await openSearcher(client, encoder, index, { ...(field !== undefined && { field }) })
      return await work({ searcher, encoder, client, index })
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

function noIndex(index: string): EngineError {
  return new EngineError(
    `there is no index "${index}"; "splade-bridge index FILE" creates and fills it, --index names another`,
    404,
  )
}
