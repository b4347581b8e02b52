import type { EngineRequester } from '../engine/client.js'
import { fieldValue } from '../engine/field-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { indexPath } from '../engine/index-path.js'
import { isObject, type JsonObject, arrayMember, member, numberMember, stringMember } from '../engine/json.js'
import { type RankedHit, readHits, STABLE_ORDER } from '../engine/ranking.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { parseTextField, type SparseFields, type TextRule, textFieldNames } from '../engine/text-rule.js'
import type { Span } from '../sparse-vector.js'

/** What the engine itself makes of the text fields of an index: BM25 after its own analysis. */
export interface LexicalSearch {
  readonly index: string
  /** Fields that make the vectors; the same are searched, with the same weights. */
  readonly fields: SparseFields
  readonly query: string
}

/** One term of a document that the engine found, in whatever field. */
export interface LexicalTerm {
  readonly text: string
  /** In units of the score. */
  readonly contribution: number
}

export interface LexicalExplanation {
  readonly source: JsonObject
  /** The text fields joined by a space; `spans` are places in it. */
  readonly text: string
  /** What the engine highlights, in order. */
  readonly spans: readonly Span[]
  /** Heaviest first. */
  readonly terms: readonly LexicalTerm[]
}

// Noncharacters, which no text holds.
const MARK_START = '\uFDD0'
const MARK_END = '\uFDD1'

/** Body of the `_search`. `most_fields`, so that the score is a sum which can be shown term by term. */
export function lexicalBody(
  { fields, query }: LexicalSearch,
  size: number,
): { readonly query: object } & Readonly<Record<string, unknown>> {
  return { size, query: multiMatch(fields, query), sort: STABLE_ORDER }
}

/** @returns the documents in order, and the engine's own time in milliseconds */
export async function searchLexically(
  client: EngineRequester,
  search: LexicalSearch,
  size: number,
): Promise<{ readonly hits: readonly RankedHit[]; readonly engineMs: number }> {
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(search.index, '_search'),
    query: { allow_partial_search_results: false },
    body: { ...lexicalBody(search, size), _source: false, track_total_hits: false },
  })
  return { hits: readHits(body), engineMs: numberMember(body, 'took') ?? 0 }
}

/**
 * Says what each term gave to the score of documents, whether the query finds them or not.
 *
 * @returns id -> explanation; none for a document that is gone
 */
export async function explainLexically(
  client: EngineRequester,
  { index, fields, query }: LexicalSearch,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LexicalExplanation>> {
  const names = textFieldNames(fields)
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: { allow_partial_search_results: false },
    body: {
      size: ids.length,
      query: { bool: { filter: { ids: { values: ids } }, should: multiMatch(fields, query) } },
      explain: true,
      track_total_hits: false,
      _source: { excludes: [SIDE_FIELD, ...sparseFields(fields).map(({ field }) => field)] },
      highlight: {
        pre_tags: [MARK_START],
        post_tags: [MARK_END],
        number_of_fragments: 0,
        fields: Object.fromEntries(names.map((name) => [name, {}])),
      },
    },
  })
  return new Map(readHits(body).map(({ id, json }) => [id, explainHit(json, names)]))
}

function multiMatch(fields: TextRule, query: string): object {
  // A template gives no field a weight.
  const weighted = fields.template === undefined ? fields.textFields.map(toBoosted) : textFieldNames(fields)
  return { multi_match: { query, fields: weighted, type: 'most_fields' } }
}

function toBoosted(notation: string): string {
  const { name, weight } = parseTextField(notation)
  return weight === 1 ? name : `${name}^${weight}`
}

function explainHit(hit: unknown, names: readonly string[]): LexicalExplanation {
  const stored = member(hit, '_source')
  const source = isObject(stored) ? stored : {}
  let text = ''
  const spans: Span[] = []
  for (const name of names) {
    const value = [fieldValue(source, name)].flat().filter((item) => typeof item === 'string' && item !== '')
    if (value.length === 0) continue
    if (text !== '') text += ' '
    const [marked] = arrayMember(hit, 'highlight', name)
    // Engines put no value of a list in its place: those stay without marks.
    if (typeof marked === 'string' && value.length === 1) spans.push(...markedSpans(marked, text.length))
    text += value.join(' ')
  }
  return { source, text, spans, terms: sumByTerm(termWeights(member(hit, '_explanation'))) }
}

function markedSpans(marked: string, offset: number): readonly Span[] {
  const spans: Span[] = []
  let position = offset
  let start = offset
  for (const character of marked) {
    if (character === MARK_START) start = position
    else if (character === MARK_END) spans.push([start, position])
    else position += character.length
  }
  return spans
}

/** `weight(title:car in 5) [PerFieldSimilarity], result of:`, Lucene's `TermScorer` and `SynonymQuery`. */
const TERM_WEIGHT = /^weight\((.+) in \d+\)/

function* termWeights(explanation: unknown): Generator<LexicalTerm> {
  const [, clause] = TERM_WEIGHT.exec(stringMember(explanation, 'description') ?? '') ?? []
  const contribution = numberMember(explanation, 'value') ?? 0
  if (clause !== undefined) {
    if (contribution > 0) yield { text: termOf(clause), contribution }
    return
  }
  for (const detail of arrayMember(explanation, 'details')) yield* termWeights(detail)
}

/** `car` for `title:car`; `car/auto` for `Synonym(title:auto title:car)`. */
function termOf(clause: string): string {
  const [, synonyms] = /^Synonym\((.+)\)$/.exec(clause) ?? []
  const terms = synonyms?.split(' ') ?? [clause]
  return terms.map((term) => term.slice(term.indexOf(':') + 1)).join('/')
}

function sumByTerm(terms: Iterable<LexicalTerm>): readonly LexicalTerm[] {
  const sums = new Map<string, number>()
  for (const { text, contribution } of terms) sums.set(text, (sums.get(text) ?? 0) + contribution)
  return Array.from(sums, ([text, contribution]) => ({ text, contribution })).sort(
    (a, b) => b.contribution - a.contribution,
  )
}
