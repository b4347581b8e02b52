import { InvalidArgumentError } from 'commander'
import { isObject } from '../engine/json.js'

/** The value of `--query`: a Lucene query such as `lang:en`, or a query of the engine in JSON. */
export function parseQuery(text: string): object {
  if (!text.trimStart().startsWith('{')) return { query_string: { query: text } }
  try {
    const query: unknown = JSON.parse(text)
    if (isObject(query)) return query
  } catch {
    // Said below, with what it should be.
  }
  throw new InvalidArgumentError('It must be a Lucene query, or a query of the engine in JSON.')
}
