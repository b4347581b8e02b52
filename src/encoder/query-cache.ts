import { LRUCache } from 'lru-cache'
import { ConfigurationError } from '../errors.js'
import type { Encoder, Encoding } from './encoder.js'

export interface QueryCacheOptions {
  /** Queries that are remembered; the least recently used go first. Integer >= 1. Default 10,000. */
  readonly entries?: number
}

const DEFAULT_ENTRIES = 10_000

/**
 * Remembers encoded queries. One text asked for by several callers at once is encoded once; a failure is not
 * remembered. The key holds the model's fingerprint, so that a cache may be shared by encoders.
 *
 * Not for encoders whose query weights follow the index, such as `bm25`: those keep counts, not vectors.
 *
 * @throws ConfigurationError for `entries` out of range
 */
export function withQueryCache(encoder: Encoder, options: QueryCacheOptions = {}): Encoder {
  const { entries = DEFAULT_ENTRIES } = options
  if (!(Number.isInteger(entries) && entries >= 1))
    throw new ConfigurationError('entries', 'must be an integer >= 1', entries)
  const cache = new LRUCache<string, Promise<Encoding>>({ max: entries })
  return {
    identity: encoder.identity,
    encodeDocuments: (texts) => encoder.encodeDocuments(texts),
    encodeQueries: (texts) => Promise.all(encodeThrough(encoder, cache, texts)),
    locate: (text) => encoder.locate(text),
    close: () => encoder.close(),
  }
}

function encodeThrough(
  encoder: Encoder,
  cache: LRUCache<string, Promise<Encoding>>,
  texts: readonly string[],
): readonly Promise<Encoding>[] {
  const keyOf = (text: string): string => `${encoder.identity.fingerprint}\0${text}`
  const missing = [...new Set(texts)].filter((text) => cache.get(keyOf(text)) === undefined)
  const found = new Map<string, Promise<Encoding>>()
  const batch = missing.length === 0 ? undefined : encoder.encodeQueries(missing)
  missing.forEach((text, position) => {
    const encoding = (batch ?? Promise.resolve([])).then((encodings) => encodings[position] as Encoding)
    found.set(text, encoding)
    cache.set(keyOf(text), encoding)
    encoding.catch(() => cache.delete(keyOf(text)))
  })
  return texts.map((text) => found.get(text) ?? (cache.get(keyOf(text)) as Promise<Encoding>))
}
