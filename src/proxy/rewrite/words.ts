import { NATIVE_FORMS, OWN_FORM } from './query/sparse-forms.js'

/** What a body must hold somewhere to be of interest; `\u` may spell any of them. */
const QUERY_WORDS: readonly Buffer[] = [...NATIVE_FORMS, OWN_FORM, '\\u'].map((word) => Buffer.from(word))

/** False for bodies that no rewrite concerns, without parsing them. */
export function mayHaveSparseQuery(body: Buffer): boolean {
  return QUERY_WORDS.some((word) => body.includes(word))
}
