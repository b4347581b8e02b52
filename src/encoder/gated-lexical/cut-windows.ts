import type { SideSettings } from '../../model/gated-lexical/head-settings.js'
import type { TokenizedText } from '../../tokenizer/text-tokenizer.js'

/** The pieces of a text, without the special ones that the tokenizer puts around it. */
export interface OwnPieces {
  readonly ids: Int32Array
  /** Two numbers a piece, `[start, end)` in the text. */
  readonly spans: Int32Array
}

export function ownPieces({ ids, spans, words }: TokenizedText): OwnPieces {
  const first = words.findIndex((word) => word >= 0)
  if (first < 0) return { ids: new Int32Array(), spans: new Int32Array() }
  const end = words.findLastIndex((word) => word >= 0) + 1
  return { ids: ids.subarray(first, end), spans: spans.subarray(2 * first, 2 * end) }
}

/** The first pieces of a text, as many as its windows take. */
export function limitPieces(
  { ids, spans }: OwnPieces,
  { windowPieces, maxWindows }: SideSettings,
): OwnPieces {
  const limit = windowPieces * maxWindows
  return { ids: ids.subarray(0, limit), spans: spans.subarray(0, 2 * limit) }
}

/**
 * What the body reads of a text: window after window, each behind the pieces that say what kind of text it is.
 *
 * @param ids limited
 */
export function cutWindows(
  ids: Int32Array,
  { windowPieces, prefixIds }: SideSettings,
  [first, last]: readonly [first: number, last: number],
): readonly Int32Array[] {
  const windows: Int32Array[] = []
  for (let start = 0; start < ids.length; start += windowPieces)
    windows.push(Int32Array.of(first, ...prefixIds, ...ids.subarray(start, start + windowPieces), last))
  return windows
}
