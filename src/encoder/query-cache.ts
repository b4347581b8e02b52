import { LRUCache } from 'lru-cache'
import { ConfigurationError, EncodingError } from '../errors.js'
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
    ...(encoder.longTexts !== undefined && { longTexts: encoder.longTexts }),
    encodeDocuments: (texts) => encoder.encodeDocuments(texts),
    encodeQueries: (texts) => Promise.all(encodeThrough(encoder, cache, texts)),
    locate: (text) => encoder.locate(text),
    ...(encoder.readable !== undefined && { readable: encoder.readable }),
    ...(encoder.rarity !== undefined && { rarity: encoder.rarity }),
    close: () => encoder.close(),
  }
}

function encodeThrough(
  encoder: Encoder,
  cache: LRUCache<string, Promise<Encoding>>,
  texts: readonly string[],
): readonly Promise<Encoding>[] {
  const keyOf = (text: string): string => `${encoder.identity.fingerprint}\0${text}`
  const encodings = new Map<string, Promise<Encoding>>()
  const missing: string[] = []
  for (const text of new Set(texts)) {
    const known = cache.get(keyOf(text))
    if (known === undefined) missing.push(text)
    else encodings.set(text, known)
  }
  const batch = missing.length === 0 ? Promise.resolve([]) : encoder.encodeQueries(missing)
  missing.forEach((text, position) => {
    const encoding = batch.then((answered) => requireEncoding(answered[position], text))
    encodings.set(text, encoding)
    cache.set(keyOf(text), encoding)
    encoding.catch(() => cache.delete(keyOf(text)))
  })
  return texts.flatMap((text) => encodings.get(text) ?? [])
}

function requireEncoding(encoding: Encoding | undefined, text: string): Encoding {
  if (encoding === undefined) throw new EncodingError(`the encoder gave no vector for the query "${text}"`)
  return encoding
}
