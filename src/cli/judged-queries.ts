import { join } from 'node:path'
import { InputError } from '../errors.js'
import { type BeirQuery, type Qrels, readQrels, readQueries } from '../evaluate/beir.js'
import { countOf } from './plural.js'
import { note, type Terminal } from './terminal.js'

/** The queries of a data set that somebody has judged, with the judgements. */
export interface JudgedQueries {
  readonly queries: readonly BeirQuery[]
  readonly qrels: Qrels
}

/**
 * Reads the judged queries of a folder in BEIR layout. One that is judged and has no text there counts as having found
 * nothing, which a person is told.
 *
 * @param split as `readQrels` takes it
 * @throws InputError naming file, line and field, or a folder whose judgements are of other queries
 */
export async function readJudgedQueries(
  terminal: Terminal,
  dataset: string,
  split?: string,
): Promise<JudgedQueries> {
  const [known, qrels] = await Promise.all([readQueries(dataset), readQrels(dataset, split)])
  const queries = known.filter(({ id }) => qrels.has(id))
  const file = join(dataset, 'queries.jsonl')
  const judged = countOf(qrels.size, 'judged query', 'judged queries')
  if (queries.length === 0) throw new InputError(file, undefined, `has none of the ${judged}`)
  const missing = qrels.size - queries.length
  if (missing > 0)
    note(terminal, `warning: ${file} lacks ${missing} of the ${judged}; they count as having found nothing`)
  return { queries, qrels }
}
