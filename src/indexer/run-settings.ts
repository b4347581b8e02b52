import type { EngineClient } from '../engine/client.js'
import { readBackingIndices } from '../engine/data-stream.js'
import { EngineError } from '../errors.js'
import type { IndexEvent } from './events.js'
import { relaxSettings, restoreSettings } from './load-settings.js'
import { normalizeRetryOptions, withRetries } from './retry.js'
import type { StoredDocuments } from './stored-documents.js'

/** Some ten seconds: a cluster that is away can be given its settings back later. */
const RESTORE_RETRIES = 6

/** Which index a run writes, and who is told of it. */
export interface RunTarget {
  readonly index: string
  readonly onEvent?: (event: IndexEvent) => void
}

/** Puts settings off for a run; of a data stream those of the index that it writes to. */
export async function relaxForRun(
  client: EngineClient,
  stored: StoredDocuments,
  { index, onEvent }: RunTarget,
  isEmpty: boolean,
): Promise<void> {
  try {
    const stream = stored.streamOf({})
    const written = stream === undefined ? index : (await readBackingIndices(client, stream)).at(-1)?.name
    const relaxed = Object.keys(await relaxSettings(client, written ?? index, isEmpty))
    if (relaxed.length === 0) return
    onEvent?.({ type: 'notice', notice: `${relaxed.join(', ')} of ${index} put off until the load ends` })
  } catch (error) {
    // Whoever may write documents may not be allowed to change settings; the load is only slower then.
    if (!(error instanceof EngineError)) throw error
    onEvent?.({ type: 'notice', notice: `settings of ${index} are left as they are: ${error.message}` })
  }
}

/** What an earlier run that was killed has left is restored as well. */
export async function restoreAfterRun(client: EngineClient, { index, onEvent }: RunTarget): Promise<void> {
  // After Ctrl-C too.
  const patience = normalizeRetryOptions({ maxRetries: RESTORE_RETRIES })
  try {
    await withRetries(
      () => restoreSettings(client, index),
      patience,
      () => undefined,
    )
  } catch (error) {
    // The error that ended the run, if one did, says more.
    const reason = error instanceof Error ? error.message : String(error)
    const wayOut = `"splade-bridge index --restore --index ${index}" does it later`
    onEvent?.({ type: 'notice', notice: `settings of ${index} could not be restored (${reason}); ${wayOut}` })
  }
}
