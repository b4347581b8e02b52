import { describe, expect, it } from '@jest/globals'
import { withCorpusRarity } from '../../../src/encoder/corpus-rarity.js'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import type { CorpusStatistics } from '../../../src/encoder/lexical/corpus-statistics.js'

const PRIOR = 5
const lexical = createLexicalEncoder()
/** Gives every word of a query the weight 2, for a rarity of 5. */
const assuming: Encoder = {
  ...lexical,
  identity: lexical.identity,
  locate: (text) => lexical.locate(text),
  close: () => lexical.close(),
  encodeDocuments: (texts) => lexical.encodeDocuments(texts),
  encodeQueries: async (texts) => {
    const encodings = await lexical.encodeQueries(texts)
    return encodings.map((encoding) => ({
      ...encoding,
      vector: new Map(Array.from(encoding.vector.keys(), (token) => [token, 2])),
    }))
  },
  rarity: () => PRIOR,
}

function counted(documentCount: number, frequencies: Readonly<Record<string, number>>): CorpusStatistics {
  const documentFrequencies = new Map(Object.entries(frequencies))
  return { read: () => Promise.resolve({ documentCount, documentFrequencies }) }
}

async function weigh(statistics: CorpusStatistics, text: string): Promise<readonly [string, number][]> {
  const [encoding] = await withCorpusRarity(assuming, statistics).encodeQueries([text])
  return [...(encoding?.vector ?? [])]
}

describe('query weights that follow an index', () => {
  it('stay as they are where there is no document yet', async () => {
    for (const [, weight] of await weigh(counted(0, {}), 'alpha beta')) expect(weight).toBeCloseTo(2, 6)
  })

  it('are those of the idf in the index where it has many documents, heaviest first', async () => {
    const weights = await weigh(counted(1_000_000, { alpha: 500_000, beta: 10 }), 'alpha beta')
    expect(weights.map(([token]) => token)).toEqual(['beta', 'alpha'])
    const [[, beta] = ['', 0], [, alpha] = ['', 0]] = weights
    expect(beta).toBeCloseTo((2 / PRIOR) * Math.log(1e6 / 10), 1)
    expect(alpha).toBeCloseTo((2 / PRIOR) * Math.log(2), 3)
  })

  it('stay above zero for a token of every document, whatever the counts of a changing index say', async () => {
    const [[, weight] = ['', 0]] = await weigh(counted(10, { alpha: 12 }), 'alpha')
    expect(weight).toBeGreaterThan(0)
  })

  it('are not asked for where the encoder has none of its own', () => {
    expect(withCorpusRarity(lexical, counted(0, {}))).toBe(lexical)
  })
})
