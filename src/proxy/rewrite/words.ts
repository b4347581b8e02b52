import { NATIVE_FORMS, OWN_FORM } from './query/sparse-forms.js'

/** What a body must hold somewhere to have a sparse query; an escape may spell any of them. */
const SPARSE_WORDS = [...NATIVE_FORMS, OWN_FORM, String.raw`\u`].map((word) => Buffer.from(word))
/** The same for full-text queries that a rule may be for: `match`, `multi_match`. */
const RULE_WORDS = [Buffer.from('match')]

/** False for bodies that no rewrite concerns, without parsing them. */
export function mayConcern(body: Buffer, hasRules: boolean): boolean {
  const has = (word: Buffer): boolean => body.includes(word)
  return SPARSE_WORDS.some(has) || (hasRules && RULE_WORDS.some(has))
}
