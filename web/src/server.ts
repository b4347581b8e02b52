import type {
  EncodeAnswer,
  EncodeRequest,
  ErrorAnswer,
  InfoAnswer,
  SearchAnswer,
  SearchRequest,
} from '../../src/web/api.js'

/** The server has answered that something cannot be done, and why. */
export class ServerError extends Error {}

/** Addresses are relative: the page may be served under a path of another server. */
export const server = {
  info: () => ask<InfoAnswer>('api/info'),
  search: (request: SearchRequest, signal: AbortSignal) => ask<SearchAnswer>('api/search', request, signal),
  encode: (request: EncodeRequest, signal: AbortSignal) => ask<EncodeAnswer>('api/encode', request, signal),
}

/** @throws ServerError with the server's own words; TypeError where it cannot be reached */
async function ask<Answer>(path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, {
    ...(body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
    ...(signal && { signal }),
  })
  const answer = (await response.json()) as Answer | ErrorAnswer
  if (response.ok) return answer as Answer
  throw new ServerError((answer as ErrorAnswer).error.message)
}
