import { locateIn } from '../../../encoder/located-text.js'
import { explainPage } from '../../../search/explain-page.js'
import type { SearchHit } from '../../../search/search-hit.js'
import type { SparseVector } from '../../../sparse-vector.js'
import { inStep } from '../../../telemetry/request-observer.js'
import type { WholeAnswer } from '../../rewriter.js'
import type { JsonNode } from '../json/json-source.js'
import { withoutMembers } from '../json/merge-source.js'
import { itemsOf, memberOf, stringOf } from '../json/read-node.js'
import { SourceEdits } from '../json/source-edits.js'
import { readAnswer } from '../json/splice-items.js'
import type { RequestLookups } from '../lookups.js'
import type { WeighedClause } from '../query/weighed-clause.js'
import { toExplanationJson } from './explanation-json.js'
import {
  ENGINE_MEMBERS,
  type ExplainedSearch,
  MAX_EXPLAINED_HITS,
  type PageHit,
  toScoreJson,
} from './whole-score.js'

/** Adds `splade_explanation` and `splade_score` to each hit of a search's answer. */
export async function explainAnswer(
  answer: WholeAnswer,
  search: ExplainedSearch,
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  return explainAnswers(answer, (root) => [[root, search]], lookups)
}

/** The same for the answer of an `_msearch`. @param searches one an answer, in order; undefined for those that did not ask */
export async function explainResponses(
  answer: WholeAnswer,
  searches: readonly (ExplainedSearch | undefined)[],
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  const pairs = (root: JsonNode) =>
    itemsOf(memberOf(root, 'responses')).flatMap((response, place): [JsonNode, ExplainedSearch][] => {
      const own = searches[place]
      return own === undefined ? [] : [[response, own]]
    })
  return explainAnswers(answer, pairs, lookups)
}

async function explainAnswers(
  answer: WholeAnswer,
  responsesOf: (root: JsonNode) => readonly (readonly [JsonNode, ExplainedSearch])[],
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  const source = answer.status < 300 ? readAnswer(answer) : undefined
  if (source === undefined) return answer
  const edits = new SourceEdits(source.text)
  const responses = responsesOf(source.root)
  await inStep(lookups.context.observed, { kind: 'explain' }, () =>
    Promise.all(responses.map(([root, search]) => explainHits(edits, root, search, lookups))),
  )
  return { ...answer, body: Buffer.from(edits.render()) }
}

async function explainHits(
  edits: SourceEdits,
  root: JsonNode,
  search: ExplainedSearch,
  lookups: RequestLookups,
): Promise<void> {
  const { clauses, ownsTree } = search
  const page = hitsOf(root).slice(0, MAX_EXPLAINED_HITS)
  const explained = await Promise.all(clauses.map((clause) => explainClause(clause, page, lookups)))
  for (const hit of page) {
    const hits = clauses.map((_, place) => explained[place]?.get(hit))
    const entries = clauses.map((clause, place) => toExplanationJson(clause, hits[place]))
    const score = toScoreJson(hit, search, hits)
    const added = [
      ...(score === undefined ? [] : [`"splade_score":${JSON.stringify(score)}`]),
      `"splade_explanation":${JSON.stringify(entries)}`,
    ].join(',')
    if (ownsTree)
      edits.replace(hit.node, `${withoutMembers(edits, hit.node, ENGINE_MEMBERS).slice(0, -1)},${added}}`)
    else edits.append(hit.node, added)
  }
}

/** An answer of `_async_search` has the search's own in `response`. */
function hitsOf(root: JsonNode): readonly PageHit[] {
  const response = memberOf(root, 'response') ?? root
  return itemsOf(memberOf(response, 'hits', 'hits')).flatMap((node) => {
    const index = stringOf(memberOf(node, '_index'))
    const id = stringOf(memberOf(node, '_id'))
    return node.kind !== 'object' || index === undefined || id === undefined ? [] : [{ node, index, id }]
  })
}

async function explainClause(
  { clause, vector, meta, encoder }: WeighedClause,
  page: readonly PageHit[],
  lookups: RequestLookups,
): Promise<ReadonlyMap<PageHit, SearchHit>> {
  const queryVector = boosted(vector, clause.boost)
  const found = new Map<PageHit, SearchHit>()
  if (queryVector.size === 0) return found
  const asked = 'text' in clause.wanted ? locateIn(encoder, clause.wanted.text) : undefined
  const info = await lookups.engineInfo()
  for (const index of new Set(page.map((hit) => hit.index))) {
    const hits = page.filter((hit) => hit.index === index)
    const ids = [...new Set(hits.map(({ id }) => id))]
    const byId = await explainPage(lookups.client, {
      index,
      ids,
      queryVector,
      asked,
      meta,
      encoder,
      info,
    })
    for (const hit of hits) {
      const explained = byId.get(hit.id)
      if (explained !== undefined) found.set(hit, explained)
    }
  }
  return found
}

/** Weights as the engine makes them of a boost: products of 32-bit floats. Those too small for one give nothing to a score. */
function boosted(vector: SparseVector, boost: number): SparseVector {
  if (boost === 1) return vector
  const factor = Math.fround(boost)
  const weights = Array.from(
    vector,
    ([token, weight]) => [token, Math.fround(Math.fround(weight) * factor)] as const,
  )
  return new Map(weights.filter(([, weight]) => weight > 0))
}
