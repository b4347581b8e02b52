import type { ShownSnippet } from '../../src/web/api.js'

/** A stretch of a document with what matched marked in it. */
export function Snippet({ snippet }: { readonly snippet: ShownSnippet }) {
  const { pieces, cutBefore, cutAfter } = snippet
  return (
    <p class="snippet">
      {cutBefore && '…'}
      {pieces.map(({ text, highlighted }, place) =>
        highlighted ? <mark key={place}>{text}</mark> : <span key={place}>{text}</span>,
      )}
      {cutAfter && '…'}
    </p>
  )
}
