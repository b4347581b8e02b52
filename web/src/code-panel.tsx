import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { type InfoAnswer, type Method, METHODS, type SearchAnswer } from '../../src/web/api.js'
import { type Form, FORMS, PROXY_URL, sampleOf } from './code-samples.js'
import { useWords } from './language.js'
import { Tabs } from './tabs.js'

const TOLD_MS = 2000

interface CodePanelProps {
  readonly info: InfoAnswer
  readonly columns: SearchAnswer['columns']
}

/** The search on show, to be taken along. */
export function CodePanel({ info, columns }: CodePanelProps) {
  const words = useWords()
  const [method, setMethod] = useState<Method>('sparse')
  const [form, setForm] = useState<Form>('json')
  const url = method === 'hybrid' && !info.throughProxy ? PROXY_URL : info.engineUrl
  const shown = useRef<HTMLElement>(null)
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
        <CopyButton key={code} text={code} shown={shown} />
      </div>
      {method === 'hybrid' && <p class="hint">{words.proxyNote}</p>}
      <pre id="code-panel" role="tabpanel" aria-labelledby={`code-${form}`} tabIndex={0}>
        <code ref={shown}>{code}</code>
      </pre>
    </section>
  )
}

interface CopyButtonProps {
  readonly text: string
  /** Where the text stands on the page. */
  readonly shown: RefObject<HTMLElement | null>
}

function CopyButton({ text, shown }: CopyButtonProps) {
  const words = useWords()
  const [outcome, setOutcome] = useState<'copied' | 'selected'>()
  const copy = async (): Promise<void> => {
    const isCopied = await writeToClipboard(text)
    if (!isCopied && shown.current !== null) getSelection()?.selectAllChildren(shown.current)
    setOutcome(isCopied ? 'copied' : 'selected')
    if (isCopied) setTimeout(setOutcome, TOLD_MS, undefined)
  }
  return (
    <>
      <button type="button" class="quiet" aria-live="polite" onClick={() => void copy()}>
        {outcome === 'copied' ? words.copied : words.copy}
      </button>
      <p class="hint" role="status">
        {outcome === 'selected' && words.selected}
      </p>
    </>
  )
}

/** @returns false where the browser refuses: over plain HTTP from another machine it has no clipboard for pages */
async function writeToClipboard(text: string): Promise<boolean> {
  // Undefined there, whatever its type says.
  const { clipboard } = navigator as { readonly clipboard?: Clipboard }
  try {
    await clipboard?.writeText(text)
    return clipboard !== undefined
  } catch {
    return false
  }
}
