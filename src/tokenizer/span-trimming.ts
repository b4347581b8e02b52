import { characterAt } from './aligned-text.js'
import type { SpaceTrimming } from './post-processor.js'
import type { TokenList } from './token-list.js'

/** Spaces at the ends of a token's text. */
interface EndSpaces {
  readonly leading: number
  readonly trailing: number
}

/**
 * Takes the spaces at both ends of a token out of its span, as byte-level post-processors do: as many characters
 * as the token has spaces, be they spaces in the text or not.
 *
 * Source: tokenizers, pre_tokenizers/byte_level.rs, `process_offsets`.
 */
export class SpanTrimmer {
  private readonly spacesById = new Map<number, EndSpaces>()

  /**
   * @param trimming settings of the post-processor
   * @param tokenOf raw form of a token
   * @param addedIds tokens for which the text that they were found in counts instead
   */
  constructor(
    private readonly trimming: SpaceTrimming,
    private readonly tokenOf: (id: number) => string,
    private readonly addedIds: ReadonlySet<number>,
  ) {}

  /**
   * @param tokens changed in place
   * @param text the text that they came from
   */
  trim(tokens: TokenList, text: string): void {
    for (let index = 0; index < tokens.length; index++) {
      const id = tokens.idAt(index)
      const start = tokens.startAt(index)
      const end = tokens.endAt(index)
      const spaces = this.addedIds.has(id) ? endSpaces(text.slice(start, end)) : this.spacesOf(id)
      if (spaces.leading === 0 && spaces.trailing === 0) continue
      // The pre-tokenizer's own space is not in the text: nothing to take out for it.
      const isOwnSpace = this.trimming.hasAddedSpace && spaces.leading === 1 && (index === 0 || start === 0)
      const newStart = isOwnSpace ? start : Math.min(forward(text, start, spaces.leading), end)
      tokens.setSpan(index, newStart, Math.max(backward(text, end, spaces.trailing), newStart))
    }
  }

  private spacesOf(id: number): EndSpaces {
    const known = this.spacesById.get(id)
    if (known !== undefined) return known
    const spaces = endSpaces(this.tokenOf(id))
    this.spacesById.set(id, spaces)
    return spaces
  }
}

/** Counts spaces as the byte alphabet writes them, and any whitespace itself. */
function endSpaces(token: string): EndSpaces {
  return {
    leading: /^[Ġ\p{White_Space}]*/u.exec(token)?.[0].length ?? 0,
    trailing: /[Ġ\p{White_Space}]*$/u.exec(token)?.[0].length ?? 0,
  }
}

function forward(text: string, unit: number, characters: number): number {
  let place = unit
  for (let count = 0; count < characters; count++) place += characterAt(text, place).length
  return place
}

function backward(text: string, unit: number, characters: number): number {
  let place = unit
  for (let count = 0; count < characters; count++) place -= isPairBefore(text, place) ? 2 : 1
  return place
}

function isPairBefore(text: string, unit: number): boolean {
  return unit >= 2 && (text.codePointAt(unit - 2) ?? 0) > 0xffff
}
