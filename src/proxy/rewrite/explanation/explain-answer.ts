import { explainPage } from '../../../search/explain-page.js'
import type { SearchHit } from '../../../search/search-hit.js'
import { inStep } from '../../../telemetry/request-observer.js'
import type { WholeAnswer } from '../../rewriter.js'
import type { JsonNode, JsonObjectNode } from '../json/json-source.js'
import { itemsOf, memberOf, stringOf } from '../json/read-node.js'
import { SourceEdits } from '../json/source-edits.js'
import { readAnswer } from '../json/splice-items.js'
import type { RequestLookups } from '../lookups.js'
import { scale } from '../query/render-clause.js'
import type { WeighedClause } from '../query/weighed-clause.js'
import { toExplanationJson } from './explanation-json.js'

/** Hits of a page that are explained; the engine scores every clause for each of them once more. */
export const MAX_EXPLAINED_HITS = 100

/** Adds `splade_explanation` to each hit of a search's answer. */
export async function explainAnswer(
  answer: WholeAnswer,
  clauses: readonly WeighedClause[],
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  return explainAnswers(answer, (root) => [[root, clauses]], lookups)
}

/** The same for the answer of an `_msearch`. @param clausesOf one entry a search, in order; undefined for those that did not ask */
export async function explainResponses(
  answer: WholeAnswer,
  clauses: readonly (readonly WeighedClause[] | undefined)[],
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  const pairs = (root: JsonNode) =>
    itemsOf(memberOf(root, 'responses')).flatMap(
      (response, place): [JsonNode, readonly WeighedClause[]][] => {
        const own = clauses[place]
        return own === undefined ? [] : [[response, own]]
      },
    )
  return explainAnswers(answer, pairs, lookups)
}

async function explainAnswers(
  answer: WholeAnswer,
  responsesOf: (root: JsonNode) => readonly (readonly [JsonNode, readonly WeighedClause[]])[],
  lookups: RequestLookups,
): Promise<WholeAnswer> {
  const source = answer.status < 300 ? readAnswer(answer) : undefined
  if (source === undefined) return answer
  const edits = new SourceEdits(source.text)
  const responses = responsesOf(source.root)
  await inStep(lookups.context.observed, { kind: 'explain' }, () =>
    Promise.all(responses.map(([root, clauses]) => explainHits(edits, root, clauses, lookups))),
  )
  return { ...answer, body: Buffer.from(edits.render()) }
}

interface PageHit {
  readonly node: JsonObjectNode
  readonly index: string
  readonly id: string
}

async function explainHits(
  edits: SourceEdits,
  root: JsonNode,
  clauses: readonly WeighedClause[],
  lookups: RequestLookups,
): Promise<void> {
  const page = hitsOf(root).slice(0, MAX_EXPLAINED_HITS)
  const explained = await Promise.all(clauses.map((clause) => explainClause(clause, page, lookups)))
  for (const hit of page) {
    const entries = clauses.map((clause, place) => toExplanationJson(clause, explained[place]?.get(hit)))
    edits.append(hit.node, `"splade_explanation":${JSON.stringify(entries)}`)
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
  const queryVector = scale(vector, clause.boost)
  const found = new Map<PageHit, SearchHit>()
  if (queryVector.size === 0) return found
  const info = await lookups.engineInfo()
  for (const index of new Set(page.map((hit) => hit.index))) {
    const hits = page.filter((hit) => hit.index === index)
    const ids = [...new Set(hits.map(({ id }) => id))]
    const byId = await explainPage(lookups.client, { index, ids, queryVector, meta, encoder, info })
    for (const hit of hits) {
      const explained = byId.get(hit.id)
      if (explained !== undefined) found.set(hit, explained)
    }
  }
  return found
}
