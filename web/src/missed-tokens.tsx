import { useState } from 'preact/hooks'
import type { MissedTerm } from '../../src/web/api.js'
import { useWords } from './language.js'

/** As many as nearly always fit in one line of a column. */
const SHOWN_TOKENS = 4

/** The tokens of the query that a document lacks, heaviest first: what it would score more with. */
export function MissedTokens({ missed }: { readonly missed: readonly MissedTerm[] }) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? missed : missed.slice(0, SHOWN_TOKENS)
  const rest = missed.length - SHOWN_TOKENS
  return (
    <p class="missed">
      <span>
        {words.missed}: {shown.map(({ text }) => text).join(', ')}
      </span>
      {rest > 0 && (
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          aria-label={isOpen ? words.fewerMissed : words.moreMissed(rest)}
          onClick={() => {
            setOpen(!isOpen)
          }}
        >
          {isOpen ? words.fewerTerms : words.moreTerms(rest)}
        </button>
      )}
    </p>
  )
}
