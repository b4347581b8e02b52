import type { JsonSource } from '../json/json-source.js'
import { memberOf } from '../json/read-node.js'
import type { SourceEdits } from '../json/source-edits.js'
import { placeClause } from '../query/place-clause.js'
import { renderClause } from '../query/render-clause.js'
import type { ShadowedSearch, ShadowObserver } from '../query/search-scope.js'
import { weighClause } from '../query/weigh-clause.js'
import type { WeighedClause } from '../query/weighed-clause.js'
import type { RuleEvent, ShadowComparison, ShadowedClause } from './apply-rules.js'

/** Hits that are compared: the first page of most applications. */
const COMPARED_HITS = 10

/** One comparison at a time: rules in the shadow are to cost the engine little, however much is searched. */
export class Shadow implements ShadowObserver {
  #isBusy = false

  observe(search: ShadowedSearch): void {
    const { shadowed, source, scope } = search
    const { onEvent } = scope.options
    const tell = (compared?: ReadonlyMap<ShadowedClause, ShadowComparison>): void => {
      for (const one of shadowed) onEvent(withComparison(one, compared?.get(one)))
    }
    // A point in time names no index, and may be gone when its turn comes.
    if (this.#isBusy || memberOf(source.root, 'pit') !== undefined) {
      tell()
      return
    }
    this.#isBusy = true
    compare(search)
      // The client's own request tells it of an engine that fails.
      .then(tell, () => {
        tell()
      })
      .finally(() => {
        this.#isBusy = false
      })
  }
}

function withComparison({ event }: ShadowedClause, compared: ShadowComparison | undefined): RuleEvent {
  return compared === undefined ? event : { ...event, compared }
}

/** All clauses of a search together, as they would have been sent. */
async function compare({
  shadowed,
  source,
  edits: asSent,
  meta,
  scope,
}: ShadowedSearch): Promise<ReadonlyMap<ShadowedClause, ShadowComparison>> {
  const edits = asSent.copy()
  const before = bodyOf(source, edits)
  const weighed = new Map<ShadowedClause, WeighedClause>()
  for (const one of shadowed) {
    const outcome = await weighClause(one.clause, meta, scope)
    if (!('vector' in outcome)) continue
    weighed.set(one, outcome)
    placeClause(edits, outcome.clause, renderClause(outcome.clause, outcome.vector, outcome.meta))
  }
  const [without, within] = [await scope.idsOf(before), await scope.idsOf(bodyOf(source, edits))]
  const found = new Set(without)
  const gained = within.filter((id) => !found.has(id))
  const hits = { before: without.length, after: within.length, kept: within.length - gained.length, gained }
  return new Map(Array.from(weighed, ([one, { vector }]) => [one, { tokens: vector.size, ...hits }]))
}

/** The query and what filters its hits; nothing else of the body says which are the best. */
function bodyOf({ root }: JsonSource, edits: SourceEdits): object {
  const kept = ['query', 'post_filter'].flatMap((name): [string, unknown][] => {
    const node = memberOf(root, name)
    return node === undefined ? [] : [[name, JSON.parse(edits.render(node))]]
  })
  return { ...Object.fromEntries(kept), size: COMPARED_HITS, _source: false, track_total_hits: false }
}
