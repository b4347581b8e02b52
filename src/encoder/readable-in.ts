import type { Span } from '../sparse-vector.js'
import type { LocatedText } from './located-text.js'

/**
 * A token as people read it.
 *
 * @param standsIn what stands in a text at a place of the token; by it a part of a character is named by the character
 */
export type ReadableToken = (token: string, standsIn?: string) => string

/** Characters that are named for a token that is a part of several. */
const MAX_CHARACTERS = 3

/**
 * A token of a text as people read it. A token that is only a part of a character, as byte-level vocabularies have them, is
 * named by the characters that it stands in: `닭[1-2/3]`, or `닭[1-2/3]·닫[1-2/3]` where it stands in several.
 *
 * @param readable of the encoder; absent where tokens are words already
 * @param texts the first one that has the token counts; where none has, its bytes are named: `bytes EB 8B`
 */
export function readableIn(
  readable: ReadableToken | undefined,
  token: string,
  ...texts: readonly (LocatedText | undefined)[]
): string {
  if (readable === undefined) return token
  const plain = readable(token)
  for (const located of texts) {
    const [first, ...others] = located?.spans.get(token) ?? []
    if (located === undefined || first === undefined) continue
    const at = ([start, end]: Span): string => readable(token, located.text.slice(start, end))
    // Most tokens are whole characters, which read alike everywhere.
    if (at(first) === plain) return plain
    const forms = [...new Set([first, ...others].map(at))]
    const more = forms.length > MAX_CHARACTERS ? '…' : ''
    return `${forms.slice(0, MAX_CHARACTERS).join('·')}${more}`
  }
  return plain
}
