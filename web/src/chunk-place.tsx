import type { ShownChunk } from '../../src/web/api.js'
import { useWords } from './language.js'

/** Which part of a long text made the score, in figures and as a stretch of a line; nothing for a whole text. */
export function ChunkPlace({ span: [start, end], textLength }: ShownChunk) {
  const words = useWords()
  if (start === 0 && end === textLength) return null
  const percent = (units: number): string => `${(units / textLength) * 100}%`
  return (
    <p class="chunk-place">
      <span>{words.chunkPlace(start, end, textLength)}</span>
      <span class="track" aria-hidden="true">
        <span style={{ marginLeft: percent(start), width: percent(end - start) }} />
      </span>
    </p>
  )
}
