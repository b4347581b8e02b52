import type { Span } from '../../sparse-vector.js'

/** A text as it is compared (NFKC, lower case), and the way back to the text as it was written. */
export interface FoldedText {
  readonly text: string
  /** The piece of the original that gave `[start, end)` of the folded text; `end` > `start`. */
  toOriginal(start: number, end: number): Span
}

// How one UTF-16 code unit folds. Most text is of the first two kinds and keeps its length.
const UNKNOWN = 0
const SAME = 1
const LOWER_CASE = 2
/** Its folding has another length, or depends on its neighbours. */
const SEGMENT = 3
/** May combine with the character before it, or disappears: it belongs to that character. */
const CONTINUATION = 4

/**
 * Longest run of combining characters taken as one segment, the limit of Unicode's stream-safe text (UAX #15).
 * Normalising sorts marks, which is quadratic in a hostile text without the limit.
 */
const MAX_CONTINUATIONS = 30

const MAX_KNOWN_SEGMENTS = 10_000

// Filled as characters turn up.
const knownSegments = new Map<string, string>()
const kinds = new Uint8Array(0x10000)

/**
 * NFKC and lower case, segment by segment: a segment is a character with its combining marks (or the jamo of
 * one syllable, as macOS writes file names). Characters that Unicode calls ignorable (soft hyphen, joiners,
 * variation selectors) disappear. Linear in the length of the text.
 *
 * Two departures from NFKC keep terms readable: Hangul compatibility jamo (as in chat's "ㅋㅋ") are left alone
 * instead of becoming conjoining jamo; final sigma is an ordinary sigma.
 */
export function foldText(text: string): FoldedText {
  const end = endOfSimpleRun(text, 0)
  if (end === text.length) return new UnchangedLayout(lowerCase(text, 0, end))
  return foldSegments(text)
}

class UnchangedLayout implements FoldedText {
  constructor(readonly text: string) {}

  toOriginal(start: number, end: number): Span {
    return [start, end]
  }
}

/** Folded text with the places where its layout departs from the original, in order. */
class AlignedText implements FoldedText {
  constructor(
    readonly text: string,
    private readonly segments: readonly Segment[],
  ) {}

  toOriginal(start: number, end: number): Span {
    return [this.originalStart(start), this.originalEnd(end)]
  }

  private originalStart(index: number): number {
    const segment = this.segmentBefore(index)
    if (segment === undefined) return index
    return index < segment.foldedEnd ? segment.start : segment.end + index - segment.foldedEnd
  }

  private originalEnd(index: number): number {
    const segment = this.segmentBefore(index - 1)
    if (segment === undefined) return index
    return index <= segment.foldedEnd ? segment.end : segment.end + index - segment.foldedEnd
  }

  /** The last segment that starts at or before `index`. */
  private segmentBefore(index: number): Segment | undefined {
    let low = 0
    let high = this.segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.segments[middle]?.foldedStart ?? 0) <= index) low = middle + 1
      else high = middle
    }
    return this.segments[low - 1]
  }
}

interface Segment {
  readonly start: number
  readonly end: number
  readonly foldedStart: number
  readonly foldedEnd: number
}

function foldSegments(text: string): FoldedText {
  const segments: Segment[] = []
  let folded = ''
  let done = 0
  while (done < text.length) {
    const stop = endOfSimpleRun(text, done)
    // A mark changes the character before it, so that one leaves the run; it is a single unit there.
    const start = stop > done && isContinuation(text, stop) ? stop - 1 : stop
    folded += lowerCase(text, done, start)
    if (start === text.length) break
    const end = endOfSegment(text, start)
    const segment = text.slice(start, end)
    const foldedSegment = foldKnownSegment(segment)
    if (changesLayout(segment, foldedSegment)) {
      const foldedStart = folded.length
      segments.push({ start, end, foldedStart, foldedEnd: foldedStart + foldedSegment.length })
    }
    folded += foldedSegment
    done = end
  }
  return new AlignedText(folded, segments)
}

/** Without a change, places before and after the segment are equally far apart in both texts. */
function changesLayout(segment: string, folded: string): boolean {
  return segment !== folded && !(segment.length === 1 && folded.length === 1)
}

function endOfSimpleRun(text: string, from: number): number {
  let index = from
  while (index < text.length && kindOf(text.charCodeAt(index)) <= LOWER_CASE) index++
  return index
}

function endOfSegment(text: string, start: number): number {
  const base = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1
  const limit = Math.min(text.length, start + base + MAX_CONTINUATIONS)
  let end = start + base
  while (end < limit && isContinuation(text, end)) end++
  return end
}

function isContinuation(text: string, index: number): boolean {
  return index < text.length && kindOf(text.charCodeAt(index)) === CONTINUATION
}

/** Only for runs of {@link SAME} and {@link LOWER_CASE}, where lower case keeps every index. */
function lowerCase(text: string, start: number, end: number): string {
  return text.slice(start, end).toLowerCase()
}

/** Short segments repeat: without this, ten million joiners would take seconds of normalising. */
function foldKnownSegment(segment: string): string {
  if (segment.length > 2) return foldSegment(segment)
  let folded = knownSegments.get(segment)
  if (folded === undefined) {
    folded = foldSegment(segment)
    if (knownSegments.size >= MAX_KNOWN_SEGMENTS) knownSegments.clear()
    knownSegments.set(segment, folded)
  }
  return folded
}

function foldSegment(segment: string): string {
  return segment
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
}

function kindOf(unit: number): number {
  const known = kinds[unit] ?? UNKNOWN
  return known === UNKNOWN ? (kinds[unit] = findKind(unit)) : known
}

function findKind(unit: number): number {
  const character = String.fromCharCode(unit)
  if (isCompatibilityJamo(unit)) return SAME
  if (isMedialOrFinalJamo(unit) || /[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]/u.test(character))
    return CONTINUATION
  const folded = foldSegment(character)
  if (folded === character && !isSurrogate(unit)) return SAME
  // Capital sigma's lower case depends on what follows it.
  const alone = folded === character.toLowerCase() && folded.length === 1 && character !== 'Σ'
  return alone && !isSurrogate(unit) ? LOWER_CASE : SEGMENT
}

function isCompatibilityJamo(unit: number): boolean {
  return unit >= 0x3131 && unit <= 0x318e && unit !== 0x3164
}

function isMedialOrFinalJamo(unit: number): boolean {
  return (unit >= 0x1160 && unit <= 0x11ff) || (unit >= 0xd7b0 && unit <= 0xd7fb)
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
