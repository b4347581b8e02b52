import { HubError, ModelError } from '../../errors.js'

/** What was asked of a hub, for messages. The token itself is never part of one. */
export interface HubRequest {
  readonly endpoint: string
  readonly id: string
  readonly revision: string
  readonly hasToken: boolean
}

/**
 * Turns what the hub's client throws into what a person can act on.
 *
 * @returns the error unchanged if it is one of ours, or an interruption that was asked for
 */
export function explainHubFailure(error: unknown, request: HubRequest): Error {
  if (error instanceof HubError || error instanceof ModelError) return error
  if (isAbort(error)) return error
  const status = statusOf(error)
  const message =
    status === undefined ? explainConnection(error, request) : explainStatus(status, error, request)
  return new HubError(message, status ?? 0, { cause: error })
}

/** The client's own errors carry `statusCode`. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { readonly statusCode?: unknown } | undefined)?.statusCode
  return typeof status === 'number' ? status : undefined
}

function explainStatus(status: number, error: unknown, request: HubRequest): string {
  const { endpoint, id, revision, hasToken } = request
  switch (status) {
    case 401:
    case 403:
      return (
        `${endpoint} refuses ${id} (${status}): it is gated or private, or there is no such model. If it is gated, ` +
        `accept its licence at ${endpoint}/${id}, ` +
        (hasToken
          ? 'with the account that the token in HF_TOKEN belongs to'
          : 'then set HF_TOKEN to a token of that account')
      )
    case 404:
      return /\brev id|revision not found/i.test((error as Error).message)
        ? `${id} has no revision "${revision}" at ${endpoint} (404): give a branch, a tag or a commit`
        : `there is no model ${id} with revision "${revision}" at ${endpoint} (404): check the id`
    case 429:
      return `${endpoint} answers too many requests (429): wait a few minutes and run the command again, or set HF_TOKEN`
    default:
      return `${endpoint} answered with status ${status} for ${id}; run the command again later`
  }
}

function explainConnection(error: unknown, { endpoint, id }: HubRequest): string {
  const { cause, message } = (error ?? {}) as { readonly cause?: unknown; readonly message?: unknown }
  const codes = [error, cause].map((part) => (part as { readonly code?: unknown } | undefined)?.code)
  const reason = [...codes, (cause as Partial<Error> | undefined)?.message, message].find(
    (part) => typeof part === 'string',
  )
  return `cannot fetch ${id} from ${endpoint} (${reason ?? 'no answer'}): check the network, or name a mirror with --endpoint or HF_ENDPOINT`
}

/** By its name: it may come from another realm, where `instanceof` does not hold. */
function isAbort(error: unknown): error is Error {
  return (error as Partial<Error> | undefined)?.name === 'AbortError'
}

/** Writing fails for reasons of the disk, not of the hub. */
export function explainWriteFailure(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new ModelError(
    `the disk is full while writing ${path} (${code}): free some space and run the same command again, it goes on where it stopped`,
    { cause: error },
  )
}
