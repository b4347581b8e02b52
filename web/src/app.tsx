import { useEffect, useState } from 'preact/hooks'
import type { InfoAnswer } from '../../src/web/api.js'
import { EncodeView } from './encode-view.js'
import { Words } from './language.js'
import { THEMES, useLanguage, useTheme } from './preferences.js'
import { SearchView } from './search-view.js'
import { server, ServerError } from './server.js'
import { STRINGS, type Strings } from './strings.js'
import { Tabs } from './tabs.js'

const VIEWS = ['search', 'encode'] as const
type View = (typeof VIEWS)[number]

/** The whole page. */
export function App() {
  const [language, setLanguage] = useLanguage()
  const [view, setView] = useState<View>('search')
  const { info, failure } = useInfo()
  const words = STRINGS[language]
  const other = language === 'en' ? 'ko' : 'en'
  return (
    <Words.Provider value={words}>
      <header class="top">
        <div class="brand">
          <img src="icon.svg" alt="" width="28" height="28" />
          <h1>
            splade-bridge <span>{words.title}</span>
          </h1>
        </div>
        <Tabs
          name="view"
          label={words.views}
          chosen={view}
          onChoose={setView}
          tabs={VIEWS.map((value) => ({ value, text: words[value] }))}
        />
        <div class="preferences">
          <ThemeChoice words={words} />
          <button
            type="button"
            class="quiet"
            lang={other}
            onClick={() => {
              setLanguage(other)
            }}
          >
            {words.language}
          </button>
        </div>
        {info && <Where info={info} words={words} />}
      </header>
      <main>
        {failure !== undefined && (
          <p class="error" role="alert">
            {failure === '' ? words.unreachable : failure}
          </p>
        )}
        <section id="view-panel" role="tabpanel" aria-labelledby={`view-${view}`}>
          {view === 'search' ? <SearchView info={info} /> : <EncodeView />}
        </section>
      </main>
    </Words.Provider>
  )
}

function useInfo() {
  const [info, setInfo] = useState<InfoAnswer>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    server.info().then(setInfo, (error: unknown) => {
      setFailure(error instanceof ServerError ? error.message : '')
    })
  }, [])
  return { info, failure }
}

function ThemeChoice({ words }: { readonly words: Strings }) {
  const [theme, setTheme] = useTheme()
  return (
    <label class="choice">
      <span>{words.theme}</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          setTheme(THEMES.find((value) => value === currentTarget.value) ?? 'auto')
        }}
      >
        {THEMES.map((value) => (
          <option key={value} value={value}>
            {words.themes[value]}
          </option>
        ))}
      </select>
    </label>
  )
}

function Where({ info, words }: { readonly info: InfoAnswer; readonly words: Strings }) {
  const { index, documents, model, engine } = info
  const name = engine.distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'
  return (
    <ul class="where">
      <li>
        <strong>{index}</strong>
      </li>
      <li>{words.documents(documents)}</li>
      <li>{model.name}</li>
      <li>
        {name} {engine.version}
      </li>
    </ul>
  )
}
