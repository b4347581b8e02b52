import type { EngineRequest, EngineRequester, EngineResponse } from '../../../engine/client.js'
import { EngineResponseError, engineReason } from '../../../engine/failure.js'
import { stringMember } from '../../../engine/json.js'
import type { Headers, RewriteContext, WholeAnswer } from '../../rewriter.js'

type Ask = Pick<RewriteContext, 'ask'>

/** The upstream in the words of the rest of the library, asked with the credentials of one client request. */
export function upstreamRequester(context: Ask): EngineRequester {
  return { request: (request) => sendThrough(context, request) }
}

/** @throws EngineResponseError for any status but 2xx */
async function sendThrough(context: Ask, request: EngineRequest): Promise<EngineResponse> {
  const answer = await context.ask(toAsked(request))
  const body = jsonOf(answer)
  if (answer.status >= 200 && answer.status < 300) return { status: answer.status, body }
  const type = stringMember(body, 'error', 'type') ?? ''
  throw new EngineResponseError(messageOf(request, answer.status, body, type), answer.status, type)
}

/** Of an index that the client named itself in the engine's own words; else with the question, which was not its. */
function messageOf({ method, path }: EngineRequest, status: number, body: unknown, type: string): string {
  const reason = type === 'index_not_found_exception' ? stringMember(body, 'error', 'reason') : undefined
  return reason ?? `${method} ${path} answered ${status}: ${engineReason(body)}`
}

/**
 * Headers of a question whose answer is read here: whatever form and release the client asks for, both have to agree.
 *
 * @param type of the question's body
 */
export function jsonHeaders(type = 'application/json'): Headers {
  return { accept: 'application/json', 'content-type': type }
}

function toAsked({ method, path, query = {}, body, ndjson }: EngineRequest): Parameters<Ask['ask']>[0] {
  const parameters = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const target = parameters.size === 0 ? path : `${path}?${parameters.toString()}`
  const text = ndjson ?? (body === undefined ? '' : JSON.stringify(body))
  const type = ndjson === undefined ? 'application/json' : 'application/x-ndjson'
  return { method, target, headers: jsonHeaders(type), body: Buffer.from(text) }
}

/** @returns undefined for a body that is empty, or no JSON */
export function jsonOf({ body }: WholeAnswer): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    // A gateway's page, for example: what counts is the status.
    return undefined
  }
}
