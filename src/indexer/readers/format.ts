/** What an input can be, each also compressed with gzip or zstd. */
export const INPUT_FORMATS = ['jsonl', 'bulk', 'json', 'csv', 'tsv', 'parquet', 'dead-letters'] as const

export type InputFormat = (typeof INPUT_FORMATS)[number]

const FORMAT_OF_EXTENSION: Readonly<Record<string, InputFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  parquet: 'parquet',
}

/** First bytes of a Parquet file. */
const PARQUET_MAGIC = Buffer.from('PAR1')

const COMPRESSED = /\.(gz|gzip|zst|zstd)$/i

/** Format by a file's name, whose last extension may be one of a compression; undefined for any other name. */
export function formatOfName(name: string): InputFormat | undefined {
  const [, extension = ''] = /\.([^./\\]+)$/.exec(name.replace(COMPRESSED, '')) ?? []
  return FORMAT_OF_EXTENSION[extension.toLowerCase()]
}

/**
 * Format by the first bytes and, where they do not tell, by the name. What is neither named nor recognised is read as
 * JSON lines, whose errors say the rest.
 *
 * @param head the first bytes, not compressed
 */
export function detectFormat(name: string, head: Uint8Array): InputFormat {
  if (PARQUET_MAGIC.equals(head.subarray(0, PARQUET_MAGIC.length))) return 'parquet'
  const named = formatOfName(name)
  if (named !== undefined) return named
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  // An object that is laid out over several lines begins with its brace alone.
  return text.startsWith('[') || /^\{\s*\n/.test(text) ? 'json' : 'jsonl'
}
