import type { EngineClient } from '../engine/client.js'
import { isBusyAnswer, runPatience, withRetries } from '../indexer/retry.js'
import { retryingClient } from '../indexer/retrying-client.js'
import { type CliContext, openEngine } from './context.js'
import { noteRetry } from './load-notes.js'
import type { Settings } from './settings.js'

/** A connection of a command that is as patient before its first document as it is later. */
export interface PatientEngine {
  /** For a run that waits in its own way. */
  readonly client: EngineClient
  /** The same, but waiting for an engine that is busy or away. */
  readonly waiting: EngineClient
}

export interface PatientEngineFlags {
  readonly maxRetries?: number
  readonly compress?: boolean
}

/**
 * Connects as soon as the engine is not too busy to say what it is.
 *
 * @throws EngineError where nothing listens at the address: it may be a wrong one
 */
export async function openPatiently(
  { terminal, signal }: CliContext,
  settings: Settings,
  flags: PatientEngineFlags,
): Promise<PatientEngine> {
  const { maxRetries = Infinity } = flags
  const patience = runPatience({ maxRetries, signal })
  const onRetry = noteRetry(terminal)
  const client = await withRetries(() => openEngine(settings, flags), patience, onRetry, isBusyAnswer)
  return { client, waiting: retryingClient(client, patience, onRetry) }
}
