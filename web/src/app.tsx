import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { InfoAnswer } from '../../src/web/api.js'
import { useAddress, type ViewProps } from './address.js'
import { EncodeView } from './encode-view.js'
import { useWords, Words } from './language.js'
import { THEMES, useLanguage, useTheme } from './preferences.js'
import { SearchView } from './search-view.js'
import { server, ServerError } from './server.js'
import { STRINGS, type Strings } from './strings.js'
import { Tabs } from './tabs.js'

const VIEWS = ['search', 'encode', 'dashboards'] as const
type View = (typeof VIEWS)[number]

/** The whole page. */
export function App() {
  const [language, setLanguage] = useLanguage()
  const { view, views, choose, go } = useViews()
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
          onChoose={choose}
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
          {[...views].map(([name, address]) => (
            <div key={name} hidden={name !== view}>
              {name === 'search' ? (
                <SearchView info={info} address={address} go={go} />
              ) : name === 'encode' ? (
                <EncodeView />
              ) : (
                <LazyDashboards address={address} go={go} />
              )}
            </div>
          ))}
        </section>
      </main>
    </Words.Provider>
  )
}

/**
 * The view on show, and the address of each that was ever on show: those stay on the page, hidden, so that nothing that
 * the reader has typed or chosen there is lost.
 */
function useViews() {
  const [address, go] = useAddress()
  const view = viewOf(address)
  const views = useRef(new Map<View, string>())
  views.current.set(view, address)
  const choose = (chosen: View): void => {
    go(views.current.get(chosen) ?? (chosen === 'search' ? '' : `?view=${chosen}`), 'push')
  }
  return { view, views: views.current, choose, go }
}

/** A link to a query has no view in it. */
function viewOf(address: string): View {
  const asked = new URLSearchParams(address).get('view')
  return VIEWS.find((view) => view === asked) ?? 'search'
}

/** The dashboards are a file of their own, which is loaded when they are first looked at. */
function LazyDashboards(props: ViewProps) {
  const words = useWords()
  const [View, setView] = useState<ComponentType<ViewProps>>()
  const [hasFailed, setHasFailed] = useState(false)
  useEffect(() => {
    import('./dashboards/dashboards-view.js').then(
      (module) => {
        setView(() => module.default)
      },
      () => {
        setHasFailed(true)
      },
    )
  }, [])
  if (hasFailed)
    return (
      <p class="error" role="alert">
        {words.unreachable}
      </p>
    )
  return View === undefined ? <p role="status">{words.working}</p> : <View {...props} />
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
