import type { Span, TokenSpans } from '../../sparse-vector.js'
import {
  characterWidth,
  classAt,
  DIGIT,
  EMOJI,
  HANGUL,
  LETTER,
  MARK,
  SEPARATOR,
  SPACELESS,
  type CharacterClass,
} from './character-class.js'
import { foldText } from './fold.js'
import { KnownWords } from './known-words.js'
import { stemEnglishWord } from './stem-english-word.js'
import { ENGLISH_STOP_WORDS, KOREAN_STOP_WORDS } from './stop-words.js'
import { endOfStem } from './strip-ending.js'

/** Raised with every change that gives other terms: it is part of the encoder's fingerprint. */
export const ANALYSIS_VERSION = 1

/** UTF-16 code units of a term at most; the rest of a longer word does not count. */
export const MAX_TERM_LENGTH = 64

/** A term and the place in the text, as it was written, that it stands for. */
export interface Term {
  readonly term: string
  /** First UTF-16 code unit. */
  readonly start: number
  /** Behind the last UTF-16 code unit. */
  readonly end: number
}

/** Receives the terms in order of their first character, with positions in the folded text. */
export type TermVisitor = (term: string, start: number, end: number) => void

/** The parts of the analysis that are choices, so that a benchmark can put something else in their place. */
export interface AnalysisRules {
  /** Turns the Hangul word `[start, end)` of a folded text into terms. */
  readonly visitHangulWord: (text: string, start: number, end: number, visit: TermVisitor) => void
  readonly stemWord: (word: string) => string
  /** Folded words of letters or digits, not stemmed, that give no term. */
  readonly stopWords: ReadonlySet<string>
}

/** What the encoder uses; the measurements behind each choice are in docs/lexical.md. */
export const ANALYSIS_RULES: AnalysisRules = {
  visitHangulWord: hangulWordVisitor(endOfStem, visitBigrams),
  stemWord: stemEnglishWord,
  stopWords: ENGLISH_STOP_WORDS,
}

/** Particles that may be the second syllable of a word of two, but end many nouns as well. */
const PARTICLES_AFTER_ONE_SYLLABLE = '은는을를의에도와과로'

/** The terms of a text in order; a syllable may belong to several. Time is linear in the text's length. */
export function analyse(text: string, rules = ANALYSIS_RULES): readonly Term[] {
  const folded = foldText(text)
  const terms: Term[] = []
  visitTerms(folded.text, rules, (term, foldedStart, foldedEnd) => {
    const [start, end] = folded.toOriginal(foldedStart, foldedEnd)
    terms.push({ term, start, end })
  })
  return terms
}

/** How often each term stands in a text; faster than {@link analyse} because no place is worked out. */
export function countTerms(text: string, rules = ANALYSIS_RULES): ReadonlyMap<string, number> {
  const folded = foldText(text).text
  const known = knownWordsOf(rules)
  const counts = new Map<string, number>()
  const count = (term: string): void => {
    counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  for (let start = 0, end; start < folded.length; start = end) {
    const characterClass = classAt(folded, start)
    end = endOfRun(folded, start, characterClass)
    if (characterClass === LETTER || characterClass === DIGIT) {
      const term = known.termOf(folded, start, end)
      if (term !== '') count(term)
    } else if (characterClass !== SEPARATOR) visitRun(folded, start, end, characterClass, rules, count)
  }
  return counts
}

/** Where each term stands in a text, in order. */
export function locateTerms(text: string, rules = ANALYSIS_RULES): TokenSpans {
  const spans = new Map<string, Span[]>()
  for (const { term, start, end } of analyse(text, rules)) {
    const known = spans.get(term)
    if (known === undefined) spans.set(term, [[start, end]])
    else known.push([start, end])
  }
  return spans
}

/** Two characters at a time, overlapping, `[start, end)` of `text`; a single character is a term by itself. */
export function visitBigrams(text: string, start: number, end: number, visit: TermVisitor): void {
  let first = start
  let second = start + characterWidth(text, start)
  if (second >= end) visit(text.slice(start, end), start, end)
  while (second < end) {
    const next = second + characterWidth(text, second)
    visit(text.slice(first, next), first, next)
    first = second
    second = next
  }
}

/**
 * Drops question words, and where the second of two syllables may be a particle adds the first alone.
 *
 * @param findEndOfStem where the stem of the word `[start, end)` ends
 * @param visitStem turns the stem into terms
 */
export function hangulWordVisitor(
  findEndOfStem: typeof endOfStem,
  visitStem: AnalysisRules['visitHangulWord'],
): AnalysisRules['visitHangulWord'] {
  return (text, start, wordEnd, visit) => {
    const end = findEndOfStem(text, start, wordEnd)
    if (KOREAN_STOP_WORDS.has(text.slice(start, end))) return
    visitStem(text, start, end, visit)
    // From the word's own length: of `왕으로`, too, one syllable is left, but that one is the stem already.
    const ambiguous = wordEnd - start === 2 && PARTICLES_AFTER_ONE_SYLLABLE.includes(text.charAt(start + 1))
    if (ambiguous) visit(text.charAt(start), start, start + 1)
  }
}

// One for each set of rules; the encoders have one each, for as long as the process lives.
const knownWords = new WeakMap<AnalysisRules, KnownWords>()

function knownWordsOf(rules: AnalysisRules): KnownWords {
  let known = knownWords.get(rules)
  if (known === undefined) {
    known = new KnownWords((word) => termOfWord(word, 0, word.length, rules) ?? '')
    knownWords.set(rules, known)
  }
  return known
}

function visitTerms(text: string, rules: AnalysisRules, visit: TermVisitor): void {
  let start = 0
  while (start < text.length) {
    const characterClass = classAt(text, start)
    const end = endOfRun(text, start, characterClass)
    visitRun(text, start, end, characterClass, rules, visit)
    start = end
  }
}

function visitRun(
  text: string,
  start: number,
  end: number,
  characterClass: CharacterClass,
  rules: AnalysisRules,
  visit: TermVisitor,
): void {
  switch (characterClass) {
    case HANGUL:
      rules.visitHangulWord(text, start, end, visit)
      return
    case SPACELESS:
      visitBigrams(text, start, end, visit)
      return
    case LETTER:
    case DIGIT:
      visitWord(text, start, end, rules, visit)
      return
    case EMOJI:
      visit(text.slice(start, end), start, end)
      return
    case MARK: // of no character: nothing to find
    case SEPARATOR:
  }
}

/** Characters of one class with their marks; letters may have apostrophes between them. */
function endOfRun(text: string, start: number, characterClass: CharacterClass): number {
  let end = start + characterWidth(text, start)
  if (characterClass === EMOJI) return end
  while (end < text.length) {
    const next = classAt(text, end)
    const goesOn =
      next === characterClass || next === MARK || (characterClass === LETTER && isInnerApostrophe(text, end))
    if (!goesOn) break
    end += characterWidth(text, end)
  }
  return end
}

function isInnerApostrophe(text: string, index: number): boolean {
  return (
    isApostrophe(text.charCodeAt(index)) && index + 1 < text.length && classAt(text, index + 1) === LETTER
  )
}

function isApostrophe(unit: number): boolean {
  return unit === 0x27 || unit === 0x2019
}

function visitWord(text: string, start: number, end: number, rules: AnalysisRules, visit: TermVisitor): void {
  const term = termOfWord(text, start, end, rules)
  if (term !== undefined) visit(term, start, end)
}

/** The term of a word of letters or digits; undefined for a stop word. */
function termOfWord(text: string, start: number, end: number, rules: AnalysisRules): string | undefined {
  const word = withoutApostrophes(text.slice(start, limitOfTerm(text, start, end)))
  return rules.stopWords.has(word) ? undefined : rules.stemWord(word)
}

/** Where a word is cut off, never inside a surrogate pair. */
function limitOfTerm(text: string, start: number, end: number): number {
  const limit = start + MAX_TERM_LENGTH
  if (end <= limit) return end
  return characterWidth(text, limit - 1) === 2 ? limit - 1 : limit
}

/** `it's` -> `it`, `they'll` -> `they`, `o'neill` -> `oneill`. */
function withoutApostrophes(word: string): string {
  if (!word.includes("'") && !word.includes('’')) return word
  const match = /^(.+?)['’](?:s|t|m|d|ll|re|ve)$/.exec(word)
  return (match?.[1] ?? word).replace(/['’]/g, '')
}
