import type { JsonCursor } from './json-cursor.js'

/**
 * How raw tokens read: without the mark of a continued word.
 *
 * @param tokenizer root of tokenizer.json
 */
export function readableForm(tokenizer: JsonCursor): (token: string) => string {
  const prefix = tokenizer.at('model').at('continuing_subword_prefix').string('')
  return (token) => orRaw(token.startsWith(prefix) ? token.slice(prefix.length) : token, token)
}

function orRaw(readable: string, token: string): string {
  return readable.trim() === '' ? token : readable
}
