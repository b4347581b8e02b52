import { createHash } from 'node:crypto'
import { ConfigurationError } from '../../errors.js'
import type { SparseVector, TokenSpans } from '../../sparse-vector.js'
import type { Encoder, EncoderIdentity, Encoding } from '../encoder.js'
import { ANALYSIS_VERSION, countTerms, locateTerms } from './analysis.js'
import { documentVector, queryVector, type Bm25Parameters } from './bm25.js'
import type { CorpusCounts, CorpusStatistics } from './corpus-statistics.js'

/** Lucene's k1 and b, and the average length that held up on every set in docs/lexical.md. */
export const DEFAULT_BM25_PARAMETERS: Bm25Parameters = Object.freeze({ k1: 1.2, b: 0.75, averageLength: 200 })

export interface LexicalEncoderOptions {
  /** Saturation of repeated terms, >= 0. Default 1.2. */
  readonly k1?: number
  /** How much a document's length counts, 0-1. Default 0.75. */
  readonly b?: number
  /**
   * Distinct terms of an average document, > 0. Default 200. A constant of the index, fixed when it is created,
   * and not a running mean: vectors must not depend on the order in which documents were written.
   */
  readonly averageLength?: number
  /** Counts behind the query weights. Without them every term of a query weighs its number of occurrences. */
  readonly statistics?: CorpusStatistics
}

/**
 * BM25 as sparse vectors, without a model: what saturates goes into the documents, the rarity of a term into
 * the queries, and their dot product is the BM25 score.
 *
 * @throws ConfigurationError naming the option that breaks its rule
 */
export function createLexicalEncoder(options: LexicalEncoderOptions = {}): Encoder {
  return new LexicalEncoder(normalizeParameters(options), options.statistics)
}

class LexicalEncoder implements Encoder {
  readonly identity: EncoderIdentity

  constructor(
    private readonly parameters: Bm25Parameters,
    private readonly statistics: CorpusStatistics | undefined,
  ) {
    this.identity = { name: 'bm25', fingerprint: fingerprintOf(parameters) }
  }

  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]> {
    return Promise.resolve(
      texts.map((text) => {
        const counts = countTerms(text)
        return toEncoding(counts, documentVector(counts, this.parameters))
      }),
    )
  }

  /** Rejects with what the statistics reject with. */
  async encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    const queries = texts.map((text) => countTerms(text))
    const corpus = await this.readStatistics(queries)
    return queries.map((counts) => toEncoding(counts, queryVector(counts, corpus)))
  }

  locate(text: string): TokenSpans {
    return locateTerms(text)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** One question for all queries of a call. */
  private async readStatistics(
    queries: readonly ReadonlyMap<string, number>[],
  ): Promise<CorpusCounts | undefined> {
    const terms = new Set(queries.flatMap((counts) => [...counts.keys()]))
    if (this.statistics === undefined || terms.size === 0) return undefined
    return this.statistics.read([...terms])
  }
}

function fingerprintOf(parameters: Bm25Parameters): string {
  const settings = JSON.stringify({ encoder: 'bm25', analysis: ANALYSIS_VERSION, ...parameters })
  return createHash('sha256').update(settings).digest('hex').slice(0, 16)
}

function toEncoding(counts: ReadonlyMap<string, number>, vector: SparseVector): Encoding {
  let tokenCount = 0
  for (const count of counts.values()) tokenCount += count
  return { vector, tokenCount, truncated: false, chunkCount: 1, fragmentation: 0 }
}

function normalizeParameters(options: LexicalEncoderOptions): Bm25Parameters {
  const { k1, b, averageLength } = { ...DEFAULT_BM25_PARAMETERS, ...options }
  if (!(k1 >= 0 && Number.isFinite(k1)))
    throw new ConfigurationError('k1', 'must be a finite number >= 0', k1)
  if (!(b >= 0 && b <= 1)) throw new ConfigurationError('b', 'must be a number from 0 to 1', b)
  if (!(averageLength > 0 && Number.isFinite(averageLength))) {
    throw new ConfigurationError('averageLength', 'must be a finite number > 0', averageLength)
  }
  return Object.freeze({ k1, b, averageLength })
}
