import { useState } from 'preact/hooks'
import type { FusedPart, ShownTerm } from '../../src/web/api.js'
import { useWords } from './language.js'

const SHOWN_TERMS = 5

interface ContributionsProps {
  readonly title: string
  /** Heaviest first. */
  readonly terms: readonly ShownTerm[]
}

/** A bar for each term, as long as its part of the score. */
export function Contributions({ title, terms }: ContributionsProps) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? terms : terms.slice(0, SHOWN_TERMS)
  const rest = terms.length - SHOWN_TERMS
  return (
    <>
      <ul class="bars" aria-label={words.contributions(title)}>
        {shown.map((term, place) => (
          <Bar key={place} {...term} />
        ))}
      </ul>
      {rest > 0 && (
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          onClick={() => {
            setOpen(!isOpen)
          }}
        >
          {isOpen ? words.fewerTerms : words.moreTerms(rest)}
        </button>
      )}
    </>
  )
}

function Bar({ text, contribution, share, expansion }: ShownTerm) {
  const words = useWords()
  return (
    <li class={expansion ? 'bar expansion' : 'bar'}>
      <span class="term">
        {expansion && (
          <>
            <span aria-hidden="true">+</span>
            <span class="visually-hidden">{words.added}: </span>
          </>
        )}
        {text}
      </span>
      <span class="track" aria-hidden="true">
        <span style={{ width: `${Math.max(1, share * 100)}%` }} />
      </span>
      <span class="figure">{contribution.toFixed(2)}</span>
    </li>
  )
}

/** What each list gave to a fused score. */
export function FusedBars({
  title,
  parts,
}: {
  readonly title: string
  readonly parts: readonly FusedPart[]
}) {
  const words = useWords()
  const total = parts.reduce((sum, { contribution }) => sum + contribution, 0)
  return (
    <ul class="bars" aria-label={words.contributions(title)}>
      {parts.map(({ method, rank, contribution }) => (
        <li key={method} class="bar">
          <span class="term">
            {words.methods[method]} #{rank}
          </span>
          <span class="track" aria-hidden="true">
            <span style={{ width: `${(contribution / total) * 100}%` }} />
          </span>
          <span class="figure">{contribution.toFixed(4)}</span>
        </li>
      ))}
    </ul>
  )
}
