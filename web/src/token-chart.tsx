import { useState } from 'preact/hooks'
import type { ShownToken } from '../../src/web/api.js'
import { useWords } from './language.js'
import { editOf, type QueryEdits, withEdit } from './query-edits.js'
import { TokenFigures } from './term-figures.js'

const SHOWN_TOKENS = 12
const STEPS = 100

interface TokenChartProps {
  /** As the model made them, heaviest first. */
  readonly tokens: readonly ShownToken[]
  readonly edits: QueryEdits
  readonly onEdit: (edits: QueryEdits) => void
}

/** A bar for each query token that can be switched off and dragged, or moved with the arrow keys. */
export function TokenChart({ tokens, edits, onEdit }: TokenChartProps) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  const [heaviest] = tokens
  if (heaviest === undefined) return <p class="nothing">{words.noTokens}</p>
  const shown = isOpen ? tokens : tokens.slice(0, SHOWN_TOKENS)
  return (
    <section class="card tokens" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{words.tokens}</h2>
      <p class="hint">{words.tokensHint}</p>
      <ul>
        {shown.map((token) => (
          <TokenRow
            key={token.token}
            {...{ token, edits, onEdit }}
            most={Math.ceil(heaviest.weight * 1.5 * 10) / 10}
          />
        ))}
      </ul>
      <div class="buttons">
        {tokens.length > SHOWN_TOKENS && (
          <button
            type="button"
            class="link"
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen)
            }}
          >
            {isOpen ? words.showFewer : words.showAll(tokens.length)}
          </button>
        )}
        <button
          type="button"
          class="link"
          disabled={edits.size === 0}
          onClick={() => {
            onEdit(new Map())
          }}
        >
          {words.reset}
        </button>
      </div>
      <TokenFigures title={words.tokens} tokens={tokens} edits={edits} />
    </section>
  )
}

interface TokenRowProps extends Pick<TokenChartProps, 'edits' | 'onEdit'> {
  readonly token: ShownToken
  /** Weight at the right end of the bar. */
  readonly most: number
}

function TokenRow({ token, edits, onEdit, most }: TokenRowProps) {
  const words = useWords()
  const { weight, isOn } = editOf(edits, token)
  const isAdded = token.spans.length === 0
  const label = isAdded ? `${token.text}, ${words.added}` : token.text
  return (
    <li class={`token${isOn ? '' : ' off'}${isAdded ? ' expansion' : ''}`}>
      <input
        type="checkbox"
        checked={isOn}
        aria-label={words.useToken(label)}
        onChange={({ currentTarget }) => {
          onEdit(withEdit(edits, token, { weight, isOn: currentTarget.checked }))
        }}
      />
      <span class="term" aria-hidden="true">
        {isAdded && '+'}
        {token.text}
      </span>
      <input
        type="range"
        min={0}
        max={most}
        step={most / STEPS}
        value={weight}
        disabled={!isOn}
        style={{ '--fill': `${Math.min(100, (weight / most) * 100)}%` }}
        aria-label={words.weightOf(label)}
        aria-valuetext={weight.toFixed(2)}
        onInput={({ currentTarget }) => {
          onEdit(withEdit(edits, token, { weight: currentTarget.valueAsNumber, isOn }))
        }}
      />
      <span class="figure">{weight.toFixed(2)}</span>
    </li>
  )
}
