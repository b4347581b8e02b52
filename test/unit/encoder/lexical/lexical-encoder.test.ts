import { describe, expect, it } from '@jest/globals'
import type { CorpusStatistics } from '../../../../src/encoder/lexical/corpus-statistics.js'
import { createLexicalEncoder } from '../../../../src/encoder/lexical/lexical-encoder.js'
import { ConfigurationError } from '../../../../src/errors.js'

class RecordedStatistics implements CorpusStatistics {
  readonly questions: (readonly string[])[] = []

  read(terms: readonly string[]) {
    this.questions.push(terms)
    return Promise.resolve({
      documentCount: 100,
      documentFrequencies: new Map([
        ['서울', 1],
        ['나라', 50],
      ]),
    })
  }
}

describe('documents', () => {
  it('are encoded one for one and in order', async () => {
    const encodings = await createLexicalEncoder().encodeDocuments(['서울의 나라', '', '서울 서울'])
    expect(encodings.map(({ vector }) => [...vector.keys()])).toEqual([['나라', '서울'], [], ['서울']])
    expect(encodings.map(({ tokenCount }) => tokenCount)).toEqual([2, 0, 2])
  })

  it('are never cut or fragmented', async () => {
    const [encoding] = await createLexicalEncoder().encodeDocuments(['서울 '.repeat(10_000)])
    expect(encoding).toMatchObject({ tokenCount: 10_000, truncated: false, fragmentation: 0 })
  })

  it('weigh the same whatever stands beside them', async () => {
    const encoder = createLexicalEncoder()
    const [alone] = await encoder.encodeDocuments(['서울의 나라'])
    const [, together] = await encoder.encodeDocuments(['다른 문서', '서울의 나라'])
    expect(together).toEqual(alone)
  })
})

describe('queries', () => {
  it('ask once for all terms of a call, each once', async () => {
    const statistics = new RecordedStatistics()
    await createLexicalEncoder({ statistics }).encodeQueries(['서울 나라', '나라 pizza'])
    expect(statistics.questions).toEqual([['서울', '나라', 'pizza']])
  })

  it('weigh rare terms more', async () => {
    const encoder = createLexicalEncoder({ statistics: new RecordedStatistics() })
    const [encoding] = await encoder.encodeQueries(['나라 서울 pizza'])
    expect([...(encoding?.vector.keys() ?? [])]).toEqual(['pizza', '서울', '나라'])
    expect(encoding?.vector.get('서울')).toBeCloseTo(Math.log(1 + 99.5 / 1.5), 12)
  })

  it('weigh terms alike without statistics', async () => {
    const [encoding] = await createLexicalEncoder().encodeQueries(['나라 서울'])
    expect([...(encoding?.vector.values() ?? [])]).toEqual([1, 1])
  })

  it('ask nothing where there is no term', async () => {
    const statistics = new RecordedStatistics()
    const [encoding] = await createLexicalEncoder({ statistics }).encodeQueries(['???'])
    expect(encoding?.vector.size).toBe(0)
    expect(statistics.questions).toEqual([])
  })

  it('fail as the statistics fail', async () => {
    const failure = new Error('engine gone')
    const encoder = createLexicalEncoder({ statistics: { read: () => Promise.reject(failure) } })
    await expect(encoder.encodeQueries(['서울'])).rejects.toBe(failure)
  })
})

describe('identity', () => {
  const fingerprint = (options = {}) => createLexicalEncoder(options).identity.fingerprint

  it('names the encoder and digests its settings', () => {
    expect(createLexicalEncoder().identity.name).toBe('bm25')
    expect(fingerprint()).toMatch(/^[0-9a-f]{16}$/)
  })

  it('is the same for the same settings, whatever the statistics', () => {
    const explicit = { k1: 1.2, b: 0.75, averageLength: 200, statistics: new RecordedStatistics() }
    expect(fingerprint(explicit)).toBe(fingerprint())
  })

  it.each([{ k1: 1 }, { b: 0.5 }, { averageLength: 201 }])('changes with %j', (options) => {
    expect(fingerprint(options)).not.toBe(fingerprint())
  })
})

describe('locate', () => {
  it('finds every token of the vector in the text', async () => {
    const text = '프랑스어로 번역되었던 ﬁne Novels'
    const encoder = createLexicalEncoder()
    const [encoding] = await encoder.encodeDocuments([text])
    const spans = encoder.locate(text)
    expect([...spans.keys()].sort()).toEqual([...(encoding?.vector.keys() ?? [])].sort())
    expect(spans.get('fine')).toEqual([[12, 15]])
  })
})

describe('options', () => {
  it.each([
    ['k1', { k1: -1 }],
    ['k1', { k1: Number.NaN }],
    ['b', { b: 1.5 }],
    ['averageLength', { averageLength: 0 }],
    ['averageLength', { averageLength: Infinity }],
  ])('refuses a wrong %s: %j', (option, options) => {
    expect(() => createLexicalEncoder(options)).toThrow(ConfigurationError)
    expect(() => createLexicalEncoder(options)).toThrow(new RegExp(`^${option} must be`))
  })
})

describe('close', () => {
  it('has nothing to free', async () => {
    await expect(createLexicalEncoder().close()).resolves.toBeUndefined()
  })
})
