import { useState } from 'preact/hooks'
import type { Explained } from '../../src/web/api.js'
import { useWords } from './language.js'
import type { Bars } from './preferences.js'

/** As many as nearly always fit in one line of a column. */
const SHOWN = 4

interface MissedTokensProps extends Pick<Explained, 'missed' | 'missedWords'> {
  /** What is named: tokens, or words with all their pieces. */
  readonly bars: Bars
}

/** What of the query a document lacks, heaviest first: what it would score more with. */
export function MissedTokens({ missed = [], missedWords = [], bars }: MissedTokensProps) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  const names =
    bars === 'tokens'
      ? missed.map(({ text }) => text)
      : missedWords.map(({ text, partial }) => (partial ? words.partOf(text) : text))
  const rest = names.length - SHOWN
  if (names.length === 0) return null
  return (
    <p class="missed">
      <span>
        {words.missed[bars]}: {(isOpen ? names : names.slice(0, SHOWN)).join(', ')}
      </span>
      {rest > 0 && (
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          aria-label={isOpen ? words.fewerMissed[bars] : words.moreMissed[bars](rest)}
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
