import type { Endpoint } from '../endpoint.js'
import { SourceEdits } from '../json/source-edits.js'
import { readAnswer } from '../json/splice-items.js'
import type { RequestLookups } from '../lookups.js'
import { type RewrittenBody, readJson } from '../rewrite-body.js'
import type { WholeAnswer } from '../../rewriter.js'
import { answerHybrid } from './answer-hybrid.js'
import { completeFused } from './complete-fused.js'
import { mayBeHybrid } from './read-hybrid.js'

/** One search of an `_msearch` that may ask for fusing. */
export interface SearchOfSeveral {
  readonly header: string
  /** As the client sent it. */
  readonly body: string
  /** Undefined where it has no sparse query. */
  readonly rewritten: RewrittenBody | undefined
  /** The indices that it is for, as a part of a path. */
  readonly indices: string
}

/**
 * Fuses one search of several as if it had been sent by itself.
 *
 * @param endpoint of the `_msearch`
 * @returns its item of `responses`, as JSON; undefined for a search that the engine is to carry out
 * @throws RefusedRequest naming what cannot be combined with fusing
 */
export async function answerHybridOfSeveral(
  endpoint: Endpoint,
  { header, body, rewritten, indices }: SearchOfSeveral,
  lookups: RequestLookups,
): Promise<string | undefined> {
  const text = rewritten?.text ?? body
  const parameters = mayBeHybrid(text) ? parametersOf(header, endpoint) : undefined
  if (parameters === undefined) return undefined
  const path = indices === '' ? '/_search' : `/${indices}/_search`
  const single: Endpoint = { action: 'search', indices, path, parameters }
  const answer = await answerHybrid(single, { text, isRewritten: rewritten !== undefined }, lookups)
  return answer && toItem(await completeFused(answer, rewritten, lookups))
}

/**
 * What a header line says beside the indices are parameters of a search by itself. Of those of the whole request only
 * `filter_path` shapes a single answer.
 *
 * @returns undefined for a line that is no JSON object: the engine says so
 */
function parametersOf(header: string, { parameters }: Endpoint): URLSearchParams | undefined {
  const own = new URLSearchParams()
  const filterPath = parameters.get('filter_path')
  if (filterPath !== null) own.set('filter_path', filterPath)
  if (header.trim() === '') return own
  if (readJson(header)?.root.kind !== 'object') return undefined
  for (const [name, value] of Object.entries(JSON.parse(header) as Record<string, unknown>))
    if (name !== 'index') own.set(name, String(value))
  return own
}

/** Each item of an `_msearch` says its status. */
function toItem({ status, body }: WholeAnswer): string {
  const source = readAnswer({ status, headers: {}, body })
  if (source?.root.kind !== 'object') return body.toString()
  const edits = new SourceEdits(source.text)
  edits.setMember(source.root, 'status', String(status))
  return edits.render()
}
