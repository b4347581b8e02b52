/** Columns of lists of events, which the definition calls by their fields. */
export const COLUMN_NAMES: Readonly<Record<string, string>> = {
  'splade.query.total_ms': 'time, ms',
  'splade.query.encode_ms': 'encoding, ms',
  'splade.query.engine_ms': 'engine, ms',
  'splade.query.active_tokens': 'tokens',
  'splade.query.text': 'text',
  'splade.query.hash': 'query',
}
