import { useState } from 'preact/hooks'
import {
  type InfoAnswer,
  type Method,
  METHODS,
  type SearchAnswer,
  type ShownToken,
} from '../../src/web/api.js'
import type { ViewProps } from './address.js'
import { CodePanel } from './code-panel.js'
import { FRAGMENTED } from './encode-view.js'
import { useWords } from './language.js'
import { Latency } from './latency.js'
import { BARS, useBars } from './preferences.js'
import { editedTokens, type QueryEdits } from './query-edits.js'
import { Radios } from './radios.js'
import { ResultColumn } from './result-column.js'
import { server } from './server.js'
import { Tabs } from './tabs.js'
import { TokenChart } from './token-chart.js'
import { type Asking, useAnswer } from './use-answer.js'

const EXAMPLES = ['자동차가 시동이 안 걸려요', "my car won't start"]
const NO_EDITS: QueryEdits = new Map()

interface SearchViewProps extends ViewProps {
  /** Undefined until the server has said it. */
  readonly info: InfoAnswer | undefined
}

/** A query, what the model makes of it, and what three ways of searching find. */
export function SearchView({ info, ...place }: SearchViewProps) {
  const words = useWords()
  const { query, setQuery, model, edits, setEdits, asking } = useSearch(place)
  const { answer, isWaiting, error } = asking
  return (
    <>
      <QueryBox query={query} onChange={setQuery} />
      {error !== undefined && (
        <p class="error" role="alert">
          {error === '' ? words.unreachable : error}
        </p>
      )}
      <p class={isWaiting && !answer ? 'status' : 'visually-hidden'} role="status">
        {isWaiting ? words.working : answer && announce(answer)}
      </p>
      {query.trim() === '' && <Examples onChoose={setQuery} />}
      {answer && model.fragmentation > FRAGMENTED && <p class="warning">{words.fragmentedQuery}</p>}
      {answer && (
        <div class="found" aria-busy={isWaiting}>
          <aside class="side">
            <TokenChart tokens={model.tokens} edits={edits} onEdit={setEdits} />
            <Latency timings={answer.timings} />
          </aside>
          <Columns answer={answer} />
          {info && <CodePanel info={info} columns={answer.columns} />}
        </div>
      )}
    </>
  )

  function announce({ columns }: SearchAnswer): string {
    const [bm25 = 0, sparse = 0, hybrid = 0] = METHODS.map((method) => columns[method].hits.length)
    return words.announce(bm25, sparse, hybrid)
  }
}

/** The query stands in the address, so that it can be kept and shared. */
function useSearch({ address, go }: ViewProps) {
  const query = new URLSearchParams(address).get('q') ?? ''
  const [edited, setEdited] = useState({ query, edits: NO_EDITS })
  const [model, setModel] = useState<OfModel>({ query, tokens: [], fragmentation: 0 })
  // Weights of another query are those of other tokens.
  const edits = edited.query === query ? edited.edits : NO_EDITS
  const weights = model.query === query ? editedTokens(model.tokens, edits) : undefined
  const request = { query, ...(weights && { tokens: weights }) }
  const key = query.trim() === '' ? '' : JSON.stringify(request)
  const asking: Asking<SearchAnswer> = useAnswer(key, async (signal) => {
    const answer = await server.search(request, signal)
    // The weights of the model stay on show while the reader tries others.
    if (weights === undefined && !signal.aborted) {
      const { tokens, fragmentation = 0 } = answer
      setModel({ query, tokens, fragmentation })
    }
    return answer
  })
  const setQuery = (text: string): void => {
    go(text === '' ? '' : `?${new URLSearchParams({ q: text }).toString()}`, 'replace')
    setEdited({ query: text, edits: NO_EDITS })
  }
  const setEdits = (changed: QueryEdits): void => {
    setEdited({ query, edits: changed })
  }
  return { query, setQuery, model, edits, setEdits, asking }
}

/** What the model itself makes of a query. */
interface OfModel {
  readonly query: string
  readonly tokens: readonly ShownToken[]
  readonly fragmentation: number
}

interface QueryBoxProps {
  readonly query: string
  readonly onChange: (query: string) => void
}

function QueryBox({ query, onChange }: QueryBoxProps) {
  const words = useWords()
  return (
    <form
      class="query"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
      }}
    >
      <label class="visually-hidden" for="query">
        {words.queryLabel}
      </label>
      <input
        id="query"
        type="search"
        autoComplete="off"
        spellcheck={false}
        maxLength={10_000}
        placeholder={words.queryHint}
        value={query}
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value)
        }}
      />
    </form>
  )
}

function Examples({ onChoose }: { readonly onChoose: (query: string) => void }) {
  const words = useWords()
  return (
    <div class="examples">
      <p>{words.start}</p>
      {EXAMPLES.map((example) => (
        <button
          key={example}
          type="button"
          class="chip"
          onClick={() => {
            onChoose(example)
          }}
        >
          {example}
        </button>
      ))}
    </div>
  )
}

/** Side by side where there is room; on a narrow screen one at a time, by the tabs above. */
function Columns({ answer }: { readonly answer: SearchAnswer }) {
  const words = useWords()
  const [shown, setShown] = useState<Method>('sparse')
  const [bars, setBars] = useBars()
  const isEmpty = answer.tokens.length === 0
  return (
    <div class="results" data-shown={shown}>
      <div class="narrow-only">
        <Tabs
          name="method"
          label={words.codeMethod}
          chosen={shown}
          onChoose={setShown}
          tabs={METHODS.map((value) => ({ value, text: words.methods[value] }))}
        />
      </div>
      <Radios
        class="bar-choice"
        name="bars"
        legend={words.bars}
        values={BARS}
        labels={words.barKinds}
        chosen={bars}
        onChoose={setBars}
      />
      <div class="columns" id="method-panel">
        {METHODS.map((method) => (
          <ResultColumn
            key={method}
            method={method}
            column={answer.columns[method]}
            documents={answer.documents}
            hasTokens={!isEmpty}
            bars={bars}
          />
        ))}
      </div>
    </div>
  )
}
