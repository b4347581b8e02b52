import type { SourceEdits } from '../json/source-edits.js'
import type { SparseClause } from './sparse-clause.js'

/** Puts a clause into the place of the client's query, or beside it: either then makes a hit. */
export function placeClause(edits: SourceEdits, { node, isBeside }: SparseClause, rendered: string): void {
  edits.replace(
    node,
    isBeside === true ? `{"bool":{"should":[${edits.render(node)},${rendered}]}}` : rendered,
  )
}
