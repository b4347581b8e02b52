import { EncodingError } from '../errors.js'

/** Overload, a gateway's error or no connection: worth another try. */
export class TemporaryFailure extends EncodingError {}

/**
 * Asks an encoder server.
 *
 * @returns the parsed JSON of its answer
 * @throws EncodingError naming the address, and the answer where there is one
 */
export async function request(
  url: string,
  path: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<unknown> {
  const address = url.replace(/\/+$/, '') + path
  const response = await fetch(address, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(
    (error: unknown) => {
      throw noAnswer(address, error)
    },
  )
  if (response.ok)
    return response.json().catch((error: unknown) => {
      throw isNoJson(error) ? otherAnswer(address, error) : noAnswer(address, error)
    })
  const message = `the encoder at ${address} answered ${response.status}: ${(await response.text()).slice(0, 300)}`
  throw [429, 502, 503, 504].includes(response.status)
    ? new TemporaryFailure(message)
    : new EncodingError(message)
}

/** By its name: it may come from another realm, where `instanceof` does not hold. */
function isNoJson(error: unknown): boolean {
  return (error as Error).name === 'SyntaxError'
}

function otherAnswer(address: string, cause: unknown): EncodingError {
  return new EncodingError(`${address} answered with something other than JSON; is it an encoder server?`, {
    cause,
  })
}

/** @param error of `fetch`, whose cause says more where it has one */
function noAnswer(address: string, error: unknown): TemporaryFailure {
  const { cause, message } = error as Error
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return new TemporaryFailure(`the encoder at ${address} does not answer (${code ?? message})`, {
    cause: error,
  })
}

/** Headers with a bearer token, where there is one. */
export function authorization(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
}
