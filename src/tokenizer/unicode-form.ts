import { AlignedTextBuilder, characterAt, type AlignedText } from './aligned-text.js'
import type { Normalizer } from './normalizer.js'

/** The four Unicode normalization forms. */
export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/**
 * Characters that may take part in a composition with what stands before them: marks, Hangul vowels and finals,
 * and the compatibility and half-width letters that NFKC turns into such.
 */
const JOINING = /[\p{M}\u1160-\u11ff\ud7b0-\ud7fb\u3131-\u318e\uff9e\uff9f\uffa0-\uffdc]/u

/**
 * Characters that got a decomposition after Unicode 12, the version of the tables behind tokenizers; they stay as
 * they are there. Found by comparing all code points.
 */
const DECOMPOSED_LATER =
  /[\u32ff\ua7f1-\ua7f4\uab69\u{105c9}\u{105e4}\u{10781}-\u{107ba}\u{11383}\u{11385}\u{1138e}\u{11391}\u{113c5}\u{113c7}\u{113c8}\u{11938}\u{16121}-\u{16128}\u{16d68}-\u{16d6a}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e06d}\u{1f16c}\u{1fbf0}-\u{1fbf9}]/u

/** Characters looked at together; a longer pile of marks is taken as one block, to keep the work linear. */
const MAX_BLOCK_UNITS = 64

/** Text handed to the runtime's normalizer at once: its time grows with the square of a pile of unordered marks. */
const MAX_PART_UNITS = 1024

/** Marks on one character; of a higher pile, each such part is put in order by itself. */
const MAX_CLUSTER_UNITS = 1024

/**
 * A Unicode normalization form with alignment: characters that became one come from all of their originals (where
 * tokenizers names only the first), characters that came from one all come from it.
 */
export function unicodeFormNormalizer(form: UnicodeForm): Normalizer {
  return { normalize: (text) => normalizeAligned(text, form), isLocalToWords: true }
}

function normalizeAligned(text: AlignedText, form: UnicodeForm): AlignedText {
  if (text.text.length <= MAX_PART_UNITS && isInForm(text.text, form)) return text
  const builder = new AlignedTextBuilder(text.text.length)
  for (let start = 0; start < text.text.length;) {
    const end = partEnd(text.text, start)
    if (isInForm(text.text.slice(start, end), form)) builder.appendFrom(text, start, end)
    else appendClusters(builder, text, start, end, form)
    start = end
  }
  return builder.build()
}

/** The next space, which nothing joins from the left; in a long word, the next character that joins nothing. */
function partEnd(text: string, start: number): number {
  const space = text.indexOf(' ', start + 1)
  const end = space === -1 ? text.length : space
  if (end - start <= MAX_PART_UNITS) return end
  let cut = start
  while (cut - start < MAX_PART_UNITS) cut = clusterEnd(text, cut)
  return Math.min(cut, end)
}

function isInForm(text: string, form: UnicodeForm): boolean {
  return normalizeAs(text, form) === text
}

function appendClusters(
  builder: AlignedTextBuilder,
  text: AlignedText,
  from: number,
  to: number,
  form: UnicodeForm,
): void {
  for (let start = from; start < to;) {
    const end = clusterEnd(text.text, start)
    appendCluster(builder, text, start, end, form)
    start = end
  }
}

/** The end of the character at `start` and of all that may join it. */
function clusterEnd(text: string, start: number): number {
  let end = start + characterAt(text, start).length
  while (end < Math.min(text.length, start + MAX_CLUSTER_UNITS)) {
    const character = characterAt(text, end)
    if (!JOINING.test(character)) break
    end += character.length
  }
  return end
}

function appendCluster(
  builder: AlignedTextBuilder,
  text: AlignedText,
  start: number,
  end: number,
  form: UnicodeForm,
): void {
  const cluster = text.text.slice(start, end)
  const normalized = normalizeAs(cluster, form)
  if (normalized === cluster) {
    builder.appendFrom(text, start, end)
    return
  }
  for (const block of independentBlocks(cluster, normalized, form)) {
    const last = start + block.length - 1
    builder.append(normalizeAs(block, form), text.startOf(start), text.endOf(last))
    start += block.length
  }
}

/** The smallest parts of a cluster that can be normalized one by one; the whole if marks change places. */
function independentBlocks(cluster: string, normalized: string, form: UnicodeForm): readonly string[] {
  const blocks: string[] = []
  for (const character of cluster) {
    const block = blocks.at(-1)
    if (block !== undefined && joins(block, character, form)) blocks[blocks.length - 1] = block + character
    else blocks.push(character)
  }
  const together = blocks.map((block) => normalizeAs(block, form)).join('')
  return together === normalized ? blocks : [cluster]
}

function joins(block: string, character: string, form: UnicodeForm): boolean {
  if (block.length > MAX_BLOCK_UNITS) return false
  return normalizeAs(block + character, form) !== normalizeAs(block, form) + normalizeAs(character, form)
}

/** A text in a form, as the tables of Unicode 12 say. */
export function normalizeAs(text: string, form: UnicodeForm): string {
  if (!DECOMPOSED_LATER.test(text)) return text.normalize(form)
  return Array.from(text, (character) =>
    DECOMPOSED_LATER.test(character) ? character : character.normalize(form),
  ).join('')
}
