import { useState } from 'preact/hooks'
import { type InfoAnswer, type Method, METHODS, type SearchAnswer } from '../../src/web/api.js'
import { type Form, FORMS, PROXY_URL, sampleOf } from './code-samples.js'
import { useWords } from './language.js'
import { Tabs } from './tabs.js'

const COPIED_MS = 2000

interface CodePanelProps {
  readonly info: InfoAnswer
  readonly columns: SearchAnswer['columns']
}

/** The search on show, to be taken along. */
export function CodePanel({ info, columns }: CodePanelProps) {
  const words = useWords()
  const [method, setMethod] = useState<Method>('sparse')
  const [form, setForm] = useState<Form>('json')
  const url = method === 'hybrid' ? PROXY_URL : info.engineUrl
  const code = sampleOf(form, { info, url, body: columns[method].body })
  return (
    <section class="card code" aria-labelledby="code-title">
      <h2 id="code-title">{words.code}</h2>
      <div class="code-choices">
        <label class="choice">
          <span>{words.codeMethod}</span>
          <select
            value={method}
            onChange={({ currentTarget }) => {
              setMethod(METHODS.find((value) => value === currentTarget.value) ?? 'sparse')
            }}
          >
            {METHODS.map((value) => (
              <option key={value} value={value}>
                {words.methods[value]}
              </option>
            ))}
          </select>
        </label>
        <Tabs
          name="code"
          label={words.codeForm}
          chosen={form}
          onChoose={setForm}
          tabs={FORMS.map((value) => ({ value, text: words.codeForms[value] }))}
        />
        <CopyButton text={code} />
      </div>
      {method === 'hybrid' && <p class="hint">{words.proxyNote}</p>}
      <pre id="code-panel" role="tabpanel" aria-labelledby={`code-${form}`} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </section>
  )
}

function CopyButton({ text }: { readonly text: string }) {
  const words = useWords()
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => {
      setCopied(false)
    }, COPIED_MS)
  }
  return (
    <button type="button" class="quiet" aria-live="polite" onClick={() => void copy()}>
      {isCopied ? words.copied : words.copy}
    </button>
  )
}
