import type { Qrels } from './beir.js'
import { mean, ndcg, recall, reciprocalRank } from './metrics.js'
import type { RankedDocument } from './exact-scorer.js'

/** Means over the judged queries; names as they are printed and written to JSON. */
export interface EvaluationReport {
  /** Queries with at least one judgement; the others count nowhere. */
  readonly queries: number
  readonly 'ndcg@1': number
  readonly 'ndcg@3': number
  readonly 'ndcg@5': number
  readonly 'ndcg@10': number
  readonly 'recall@100': number
  readonly 'mrr@10': number
}

/** @param run query id -> documents, best first; a judged query without an entry counts as having found nothing */
export function evaluateRun(
  run: ReadonlyMap<string, readonly RankedDocument[]>,
  qrels: Qrels,
): EvaluationReport {
  const judged = Array.from(qrels, ([query, judgements]) => ({
    judgements,
    ranking: (run.get(query) ?? []).map(({ id }) => id),
  }))
  const meanNdcg = (k: number): number =>
    mean(judged.map(({ ranking, judgements }) => ndcg(ranking, judgements, k)))
  return {
    queries: judged.length,
    'ndcg@1': meanNdcg(1),
    'ndcg@3': meanNdcg(3),
    'ndcg@5': meanNdcg(5),
    'ndcg@10': meanNdcg(10),
    'recall@100': mean(judged.map(({ ranking, judgements }) => recall(ranking, judgements, 100))),
    'mrr@10': mean(judged.map(({ ranking, judgements }) => reciprocalRank(ranking, judgements, 10))),
  }
}
