import type { WholeAnswer } from '../../rewriter.js'
import { type Endpoint, toTarget } from '../endpoint.js'
import type { JsonSource } from '../json/json-source.js'
import type { RequestLookups } from '../lookups.js'
import { pageOf, type SearchPage } from '../query/search-page.js'
import { EXPRESSION_PARAMETERS } from '../upstream/index-targets.js'
import { jsonHeaders } from '../upstream/upstream-client.js'
import { saysUnable } from './engine-abilities.js'
import type { NativeForm } from './hybrid-search.js'
import { hasUnfusedHits } from './unfused-hits.js'

/** A search in one of the engine's own forms of fusing. */
export interface NativeSearch {
  readonly endpoint: Endpoint
  /** Its body, sparse queries rewritten. */
  readonly source: JsonSource
  readonly form: NativeForm
}

const PIPELINE = 'search_pipeline'

/** Parameters that say which documents are searched, and what is done to their scores. */
const PROBED_PARAMETERS: readonly string[] = [...EXPRESSION_PARAMETERS, PIPELINE, 'preference', 'routing']
const PROBED_MEMBERS = ['query', 'pit', PIPELINE]

/**
 * Whether the engine fuses a search; without hits there is nothing to fuse, only to count.
 *
 * @returns undefined where no search like it has been tried lately
 */
export function knowsFusing(
  search: NativeSearch,
  { state: { abilities } }: RequestLookups,
): boolean | undefined {
  const isAble = abilities.knows(search.form)
  if (isAble !== true || search.form !== 'hybrid') return isAble
  return pageAsked(search).size === 0 || abilities.knowsPipeline(pipelineOf(search))
}

/**
 * Has the engine carry out a search of which it is not known whether the engine fuses it.
 *
 * @returns its answer; undefined where it has not fused
 */
export async function tryEngine(
  search: NativeSearch,
  lookups: RequestLookups,
): Promise<WholeAnswer | undefined> {
  const { endpoint, source, form } = search
  const { abilities } = lookups.state
  const answer = await ask(endpoint.path, endpoint.parameters, source.text, lookups)
  if (saysUnable(form, answer.status, answer.body.toString())) {
    abilities.learn(form, false)
    return undefined
  }
  if (answer.status < 300) abilities.learn(form, true)
  return form === 'hybrid' && (await isUnfused(search, answer, lookups)) ? undefined : answer
}

/** A page that does not tell is left to a small search that does. */
async function isUnfused(
  search: NativeSearch,
  answer: WholeAnswer,
  lookups: RequestLookups,
): Promise<boolean> {
  const { abilities } = lookups.state
  const { from, size } = pageAsked(search)
  const shown = hasUnfusedHits(answer, from)
  // A page without hits has no marks, whatever fuses them.
  const unfused = shown ?? (size === 0 ? undefined : hasUnfusedHits(await probe(search, lookups), 0))
  if (unfused === undefined) return false
  abilities.learn(search.form, true)
  abilities.learnPipeline(pipelineOf(search), !unfused)
  return unfused
}

/** The best hit of the same query by its score alone. */
function probe({ endpoint, source }: NativeSearch, lookups: RequestLookups): Promise<WholeAnswer> {
  const parameters = [...endpoint.parameters].filter(([name]) => PROBED_PARAMETERS.includes(name))
  const members = PROBED_MEMBERS.flatMap((name) => rawMember(source, name) ?? [])
  const body = `{${[...members, '"size":1', '"_source":false', '"track_total_hits":false'].join(',')}}`
  return ask(endpoint.path, new URLSearchParams(parameters), body, lookups)
}

function pageAsked({ endpoint, source }: NativeSearch): SearchPage {
  return pageOf(source.root, endpoint.parameters)
}

/** What decides which search pipeline there is. */
function pipelineOf({ endpoint, source }: NativeSearch): string {
  const named = endpoint.parameters.get(PIPELINE) ?? rawMember(source, PIPELINE) ?? ''
  const expression = EXPRESSION_PARAMETERS.map((name) => endpoint.parameters.get(name))
  return JSON.stringify([endpoint.path, ...expression, rawMember(source, 'pit') ?? '', named])
}

function rawMember({ text, root }: JsonSource, name: string): string | undefined {
  const member = root.kind === 'object' ? root.members.get(name) : undefined
  return member && text.slice(member.start, member.value.end)
}

function ask(
  path: string,
  parameters: URLSearchParams,
  body: string,
  { context }: RequestLookups,
): Promise<WholeAnswer> {
  return context.ask({
    method: 'POST',
    target: toTarget(path, parameters),
    headers: jsonHeaders(),
    body: Buffer.from(body),
  })
}
