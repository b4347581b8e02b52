import type { Column, Explained, Method, RankedDocument, ShownDocument } from '../../src/web/api.js'
import { ChunkPlace } from './chunk-place.js'
import { Contributions, FusedBars } from './contributions.js'
import { useWords } from './language.js'
import { MissedTokens } from './missed-tokens.js'
import type { Bars } from './preferences.js'
import { Snippet } from './snippet.js'
import { FusedFigures, TermFigures } from './term-figures.js'

interface ResultColumnProps {
  readonly method: Method
  readonly column: Column
  readonly documents: Readonly<Record<string, ShownDocument>>
  /** Whether the sparse query has any token. */
  readonly hasTokens: boolean
  /** What a bar of a sparse hit stands for. */
  readonly bars: Bars
}

/** What one method found, best first. */
export function ResultColumn({ method, column, documents, hasTokens, bars }: ResultColumnProps) {
  const words = useWords()
  const { hits, error, unexplained } = column
  const empty = method === 'sparse' && !hasTokens ? words.noQueryHits : words.noHits
  return (
    <section class="column" data-method={method} aria-labelledby={`column-${method}`}>
      <h2 id={`column-${method}`}>
        {words.methods[method]} <small>{words.methodHints[method]}</small>
      </h2>
      {error !== undefined && <p class="error">{error}</p>}
      {unexplained !== undefined && <p class="warning">{unexplained}</p>}
      {error === undefined && hits.length === 0 && <p class="nothing">{empty}</p>}
      <ol>
        {hits.map((hit, place) => {
          const document = documents[hit.id]
          return document && <Hit key={hit.id} {...{ method, hit, document, bars, rank: place + 1 }} />
        })}
      </ol>
    </section>
  )
}

interface HitProps extends Pick<ResultColumnProps, 'bars'> {
  readonly method: Method
  readonly hit: RankedDocument
  readonly document: ShownDocument
  /** From 1. */
  readonly rank: number
}

function Hit({ method, hit, document, rank, bars }: HitProps) {
  const words = useWords()
  const title = document.title === '' ? words.untitled : document.title
  const explained = explanationOf(method, document)
  return (
    <li class="hit">
      <div class="hit-head">
        <span class="rank">{rank}</span>
        <h3>{title}</h3>
        <span class="score">{hit.score.toFixed(method === 'hybrid' ? 4 : 2)}</span>
      </div>
      {explained && <Snippet snippet={explained.snippet} />}
      {explained?.chunk && <ChunkPlace {...explained.chunk} />}
      {explained && method !== 'hybrid' && (
        <Contributions
          title={title}
          terms={bars === 'words' ? (explained.words ?? explained.terms) : explained.terms}
        />
      )}
      {hit.parts && <FusedBars title={title} parts={hit.parts} />}
      {explained && <MissedTokens {...explained} bars={bars} />}
      {explained && method !== 'hybrid' && <TermFigures title={title} terms={explained.terms} />}
      {hit.parts && <FusedFigures title={title} parts={hit.parts} />}
      <p class="id">{hit.id}</p>
    </li>
  )
}

/** Of a hybrid hit, what the model says: it marks more of the text. */
function explanationOf(method: Method, { bm25, sparse }: ShownDocument): Explained | undefined {
  return method === 'bm25' ? bm25 : method === 'sparse' ? sparse : (sparse ?? bm25)
}
