import {
  ANALYSIS_RULES,
  hangulWordVisitor,
  visitBigrams,
  type AnalysisRules,
  type TermVisitor,
} from './analysis.js'
import { endOfStem } from './strip-ending.js'

/**
 * The analysis of models that expand to whole words: a Hangul stem of three syllables and more is a term itself,
 * before its bigrams. Everything else is as {@link ANALYSIS_RULES} has it.
 *
 * BM25 gains nothing from the whole words, but a reader understands `임진왜란` and not `진왜`, and an expansion to
 * the word needs a term for it.
 */
export const WORD_AND_BIGRAM_RULES: AnalysisRules = {
  ...ANALYSIS_RULES,
  visitHangulWord: hangulWordVisitor(endOfStem, visitWordAndBigrams),
}

/** Syllables of a stem that is a term as a whole; a longer one is a sentence without spaces. */
const LONGEST_WORD = 12

function visitWordAndBigrams(text: string, start: number, end: number, visit: TermVisitor): void {
  const syllables = end - start
  if (syllables > 2 && syllables <= LONGEST_WORD) visit(text.slice(start, end), start, end)
  visitBigrams(text, start, end, visit)
}
