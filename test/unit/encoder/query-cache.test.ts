import { describe, expect, it } from '@jest/globals'
import type { Encoder, Encoding } from '../../../src/encoder/encoder.js'
import { withQueryCache } from '../../../src/encoder/query-cache.js'
import { ConfigurationError } from '../../../src/errors.js'

/** Gives every text its own length as the only weight, and records what it was asked. */
class CountingEncoder implements Encoder {
  readonly asked: string[][] = []
  failures = 0

  constructor(readonly identity = { name: 'counting', fingerprint: 'f1' }) {}

  encodeDocuments(texts: readonly string[]) {
    return this.encodeQueries(texts)
  }

  async encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    this.asked.push([...texts])
    await new Promise((resume) => setImmediate(resume))
    if (this.failures-- > 0) throw new Error('overloaded')
    return texts.map((text) => ({
      vector: new Map([['length', text.length]]),
      tokenCount: 1,
      truncated: false,
      chunkCount: 1,
      fragmentation: 0,
    }))
  }

  locate() {
    return new Map<string, never[]>()
  }

  close() {
    return Promise.resolve()
  }
}

const weights = (encodings: readonly Encoding[]) => encodings.map(({ vector }) => vector.get('length'))

describe('withQueryCache', () => {
  it('encodes a text once and answers in order', async () => {
    const inner = new CountingEncoder()
    const encoder = withQueryCache(inner)
    expect(weights(await encoder.encodeQueries(['a', 'bb', 'a']))).toEqual([1, 2, 1])
    expect(weights(await encoder.encodeQueries(['ccc', 'bb']))).toEqual([3, 2])
    expect(inner.asked).toEqual([['a', 'bb'], ['ccc']])
  })

  it('shares one encoding between callers of the same moment', async () => {
    const inner = new CountingEncoder()
    const encoder = withQueryCache(inner)
    await Promise.all([encoder.encodeQueries(['same']), encoder.encodeQueries(['same'])])
    expect(inner.asked).toEqual([['same']])
  })

  it('does not remember a failure', async () => {
    const inner = new CountingEncoder()
    inner.failures = 1
    const encoder = withQueryCache(inner)
    await expect(encoder.encodeQueries(['a'])).rejects.toThrow('overloaded')
    expect(weights(await encoder.encodeQueries(['a']))).toEqual([1])
  })

  it('forgets the least recently used text', async () => {
    const inner = new CountingEncoder()
    const encoder = withQueryCache(inner, { entries: 2 })
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await encoder.encodeQueries([text])
    expect(inner.asked.flat()).toEqual(['a', 'b', 'c', 'b'])
  })

  it('never answers a document from the cache', async () => {
    const inner = new CountingEncoder()
    const encoder = withQueryCache(inner)
    await encoder.encodeDocuments(['a'])
    await encoder.encodeDocuments(['a'])
    expect(inner.asked).toHaveLength(2)
  })

  it.each([0, -1, 1.5, NaN])('refuses %d entries', (entries) => {
    expect(() => withQueryCache(new CountingEncoder(), { entries })).toThrow(ConfigurationError)
  })
})
