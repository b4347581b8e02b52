/** Letters, numbers, punctuation and symbols: nothing that a normalizer drops or takes for a space. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

/** 0 not asked yet, 1 invisible, 2 visible; by UTF-16 unit, so that surrogates count as invisible. */
const answers = new Uint8Array(0x10000)

const SPACE = 0x20

/**
 * Cuts a text before each single space that stands between visible characters: `"a b  c d"` becomes `"a"`,
 * `" b  c"` and `" d"`. Text is tokenized alike on both sides of such a cut, together or apart.
 *
 * @returns where each part ends, in UTF-16 units; the parts cover the text
 */
export function spacedWordEnds(text: string): readonly number[] {
  const ends: number[] = []
  for (let unit = text.indexOf(' ', 1); unit !== -1; unit = text.indexOf(' ', unit + 1)) {
    if (isVisible(text.charCodeAt(unit - 1)) && isVisible(text.charCodeAt(unit + 1))) ends.push(unit)
  }
  if (text.length > 0) ends.push(text.length)
  return ends
}

function isVisible(unit: number): boolean {
  // NaN stands for the end of the text.
  if (Number.isNaN(unit) || unit === SPACE) return false
  if (answers[unit] === 0) answers[unit] = VISIBLE.test(String.fromCharCode(unit)) ? 2 : 1
  return answers[unit] === 2
}
