import { CommanderError } from 'commander'
import { EngineConnectionError, EngineResponseError } from '../engine/failure.js'
import { ConfigurationError, EmbeddedEngineError, SpladeBridgeError } from '../errors.js'

/** Exit codes that scripts may rely on; `unavailable` is EX_TEMPFAIL of sysexits.h: the same command may do later. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unavailable: 75, interrupted: 130 } as const

/** Statuses by which an engine, or a gateway before it, says that it does not answer now. */
const UNAVAILABLE: readonly number[] = [429, 502, 503, 504]

/** The command line asks for something that cannot be. */
export class UsageError extends SpladeBridgeError {
  constructor(message: string) {
    super('USAGE', message)
  }
}

/**
 * True if a command ended as Ctrl-C asked it to. A terminal sends Ctrl-C to the embedded engine as well, so an
 * engine that ends while it starts is no failure then.
 */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false
  return error === signal.reason || isAbortError(error) || error instanceof EmbeddedEngineError
}

/** Streams and timers throw one of their own, with the signal's reason as its cause. */
function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** commander reports help and version as errors with code 0; its other errors are mistakes in the command line. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof ConfigurationError || error instanceof UsageError) return EXIT.usage
  return isUnavailable(error) ? EXIT.unavailable : EXIT.failed
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof EngineConnectionError) return true
  return error instanceof EngineResponseError && UNAVAILABLE.includes(error.status)
}

/** What a person is told; a stack trace only for an error that nobody foresaw, which is a defect. */
export function describeError(error: unknown): string {
  if (error instanceof SpladeBridgeError) return `error: ${error.message}`
  if (error instanceof Error) return `error: ${error.stack ?? error.message}`
  return `error: ${String(error)}`
}
