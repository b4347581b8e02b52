import type { FusedPart, ShownTerm, ShownToken } from '../../src/web/api.js'
import { type FigureColumn, Figures, PART } from './figures.js'
import { useWords } from './language.js'
import { editOf, type QueryEdits } from './query-edits.js'
import type { Strings } from './strings.js'

const FUSED: Intl.NumberFormatOptions = { minimumFractionDigits: 5 }

interface TermFiguresProps {
  readonly title: string
  /** Heaviest first. */
  readonly terms: readonly ShownTerm[]
}

/** What each term gave to a hit: of a token of a model also its name in the field and both weights. */
export function TermFigures({ title, terms }: TermFiguresProps) {
  const words = useWords()
  const { token, contribution, share, feature } = words.figureColumns
  const isWeighted = terms.some(({ weights }) => weights !== undefined)
  const columns: readonly FigureColumn<ShownTerm>[] = [
    { label: token, cell: ({ text, expansion }) => (expansion === true ? `+${text}` : text) },
    ...(isWeighted ? weightColumns(words) : []),
    { label: contribution, cell: (term) => term.contribution },
    { label: share, cell: (term) => term.share, format: PART },
    // Last: where a column of hits is narrow, the figures are in sight.
    ...(isWeighted ? [{ label: feature, cell: (term: ShownTerm) => term.feature }] : []),
  ]
  return <Figures title={words.contributions(title)} columns={columns} rows={terms} />
}

function weightColumns({ figureColumns }: Strings): readonly FigureColumn<ShownTerm>[] {
  return [
    { label: figureColumns.queryWeight, cell: ({ weights }) => weights?.[0] },
    { label: figureColumns.documentWeight, cell: ({ weights }) => weights?.[1] },
  ]
}

interface FusedFiguresProps {
  readonly title: string
  readonly parts: readonly FusedPart[]
}

/** What each list gave to a fused score. */
export function FusedFigures({ title, parts }: FusedFiguresProps) {
  const words = useWords()
  const { list, rank, contribution, share } = words.figureColumns
  const total = parts.reduce((sum, part) => sum + part.contribution, 0)
  const columns: readonly FigureColumn<FusedPart>[] = [
    { label: list, cell: ({ method }) => words.methods[method] },
    { label: rank, cell: (part) => part.rank, format: { maximumFractionDigits: 0 } },
    { label: contribution, cell: (part) => part.contribution, format: FUSED },
    { label: share, cell: (part) => part.contribution / total, format: PART },
  ]
  return <Figures title={words.contributions(title)} columns={columns} rows={parts} />
}

interface TokenFiguresProps {
  readonly title: string
  /** As the model made them, heaviest first. */
  readonly tokens: readonly ShownToken[]
  /** What the reader has changed; absent where nothing can be. */
  readonly edits?: QueryEdits
}

/** Name in the field and weight of each token of a text, and the weight that is searched with where one can be changed. */
export function TokenFigures({ title, tokens, edits }: TokenFiguresProps) {
  const words = useWords()
  const { token, feature, weight, sent } = words.figureColumns
  const columns: readonly FigureColumn<ShownToken>[] = [
    { label: token, cell: ({ text, spans }) => (spans.length === 0 ? `+${text}` : text) },
    { label: weight, cell: (row) => row.weight },
    ...(edits === undefined ? [] : [{ label: sent, cell: (row: ShownToken) => sentWeight(edits, row) }]),
    { label: feature, cell: (row) => row.feature },
  ]
  return <Figures title={title} columns={columns} rows={tokens} />
}

/** @returns undefined for a token that is switched off, or weighs nothing: it is left out of the search */
function sentWeight(edits: QueryEdits, token: ShownToken): number | undefined {
  const { weight, isOn } = editOf(edits, token)
  return isOn && weight > 0 ? weight : undefined
}
