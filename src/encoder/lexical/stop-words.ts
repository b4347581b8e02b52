/**
 * Words that carry a sentence or ask a question and say nothing of its subject. They give no term, neither in
 * documents nor in queries. Both lists are closed classes of grammar; none was drawn from a corpus.
 */

/**
 * Lucene's default English stop words (`EnglishAnalyzer`), then question words, auxiliaries and pronouns, then
 * the beginnings of contractions.
 */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then there these ' +
    'they this to was will with ' +
    'what which who whom whose when where how why am were been being do does did doing done has have had ' +
    'having can could should would may might must shall i me my we us our you your he him his she her hers ' +
    'its them those from than too very so about ' +
    'don doesn didn isn aren wasn weren'
  ).split(' '),
)

/** Interrogatives, as they are left once particles and endings are stripped. */
export const KOREAN_STOP_WORDS: ReadonlySet<string> = new Set(
  '누구 누가 언제 어디 어느 무엇 무슨 어떤 어떻게 얼마 얼마나 몇 왜'.split(' '),
)
