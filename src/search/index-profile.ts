import type { EngineClient } from '../engine/client.js'
import { EngineError, ConfigurationError } from '../errors.js'
import { sourceField } from '../engine/field-path.js'
import { readIndexMeta, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { arrayMember, isObject, member, numberMember, stringMember } from '../engine/json.js'
import { atLeast } from '../engine/version.js'
import { CHUNK_WEIGHTS } from '../rank-features/chunks.js'
import { tokenOf } from '../rank-features/feature-token.js'
import { isNested } from './document-query.js'
import { histogramEdges } from './histogram-edges.js'
import { coverQueries, type QueryCoverage } from './query-coverage.js'
import {
  type NearDeadLimits,
  requireNearDeadLimits,
  SampleTokens,
  type TokenGroup,
  type TokenProfile,
} from './sample-tokens.js'

/** Numbers of a distribution, over all documents that have vectors. */
export interface Distribution {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly median: number
  readonly p95: number
  /** Documents by value, in buckets of equal width, or in steps of 1, 2 and 5 where there is a long tail. */
  readonly histogram: readonly { readonly from: number; readonly documents: number }[]
}

export interface IndexProfile {
  readonly meta: IndexMeta
  readonly documents: number
  readonly withVectors: number
  /** Documents by the fingerprint of the model that encoded them; more than one is a mixed index. */
  readonly models: readonly { readonly fingerprint: string; readonly documents: number }[]
  /** Documents whose ends were left out. */
  readonly truncated: number
  readonly chunked: number
  /** Tokens with a weight in a document's vector; undefined for an index without documents. */
  readonly activeTokens?: Distribution
  /** Tokens, or terms, that a document's text was cut into. */
  readonly tokenCount?: Distribution
  readonly sample: {
    readonly documents: number
    /** Different tokens. */
    readonly tokens: number
    /** Of those, in one document only. */
    readonly rare: number
    /** In the most documents first; equal ones by weight. */
    readonly frequent: readonly TokenProfile[]
    /** With the largest mean weight first, of those in at least two documents. */
    readonly heavy: readonly TokenProfile[]
    /** Tokens that can hardly change a ranking: never among the heavy ones of any document. */
    readonly weak: TokenGroup & { readonly ratio: number }
    /** Tokens that can hardly tell documents apart: nearly all have them. */
    readonly common: TokenGroup & { readonly share: number }
  }
  /** What recorded searches asked for, and what they did not. */
  readonly queries: QueryCoverage
}

export interface IndexProfileOptions extends NearDeadLimits {
  readonly index: string
  /** What the index says of its vectors, where that is known already. Default: it is read. */
  readonly meta?: IndexMeta
  /** Documents whose vectors are read, by chance, 1-10,000. Default 1,000. */
  readonly sampleDocuments?: number
  /** Tokens listed. Default 20. */
  readonly topTokens?: number
  /** A token as people read it, and as telemetry has it. Default: as it is. */
  readonly readable?: (token: string) => string
  /** Recorded searches count from then on. Default: all. */
  readonly queriesSince?: Date
}

const MAX_SAMPLE = 10_000
const SAMPLE_BATCH = 500

/**
 * What an index holds, as far as its side fields say it exactly, and what its vectors look like, from a sample: a field
 * of weights can be neither aggregated nor sorted.
 *
 * @throws EngineError if there is no such index, or it was not set up by this library
 */
export async function profileIndex(
  client: EngineClient,
  options: IndexProfileOptions,
): Promise<IndexProfile> {
  const { index, sampleDocuments = 1000, topTokens = 20, readable = asItIs, queriesSince } = options
  if (!(Number.isInteger(sampleDocuments) && sampleDocuments >= 1 && sampleDocuments <= MAX_SAMPLE))
    throw new ConfigurationError(
      'sampleDocuments',
      `must be an integer from 1 to ${MAX_SAMPLE}`,
      sampleDocuments,
    )
  const limits = requireNearDeadLimits(options)
  const meta = options.meta ?? (await readIndexMeta(client, index))
  if (meta === undefined) throw new EngineError(`there is no index "${index}"`, 404)
  const counted = await aggregate(client, index, overviewAggregations())
  const sample = new SampleTokens(await sampleVectors(client, index, meta, sampleDocuments), readable)
  const activeTokens = await distributionOf(client, index, 'active_tokens', counted)
  const tokenCount = await distributionOf(client, index, 'token_count', counted)
  return {
    meta,
    documents: numberMember(counted, 'total', 'value') ?? 0,
    withVectors: numberMember(counted, 'active_tokens', 'count') ?? 0,
    models: arrayMember(counted, 'models', 'buckets').map((bucket) => ({
      fingerprint: stringMember(bucket, 'key') ?? '',
      documents: numberMember(bucket, 'doc_count') ?? 0,
    })),
    truncated: numberMember(counted, 'truncated', 'doc_count') ?? 0,
    chunked: numberMember(counted, 'chunked', 'doc_count') ?? 0,
    ...(activeTokens && { activeTokens }),
    ...(tokenCount && { tokenCount }),
    sample: profileSample(sample, limits, topTokens),
    queries: await coverQueries(client, { index, meta, sample, topTokens, since: queriesSince }),
  }
}

const side = (name: string): string => `${SIDE_FIELD}.${name}`

function overviewAggregations(): object {
  const statistics = (name: string) => ({
    [name]: { stats: { field: side(name) } },
    [`${name}_percentiles`]: { percentiles: { field: side(name), percents: [50, 95] } },
  })
  return {
    ...statistics('active_tokens'),
    ...statistics('token_count'),
    models: { terms: { field: side('fingerprint'), size: 100 } },
    truncated: { filter: { term: { [side('truncated')]: true } } },
    chunked: { filter: { range: { [side('chunk_count')]: { gt: 1 } } } },
  }
}

/** The answers of aggregations by their names, and the number of documents as `total`. */
async function aggregate(client: EngineClient, index: string, aggs: object): Promise<unknown> {
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: { allow_partial_search_results: false },
    body: { size: 0, track_total_hits: true, aggs },
  })
  const answers = member(body, 'aggregations')
  return { ...(isObject(answers) && answers), total: member(body, 'hits', 'total') }
}

async function distributionOf(
  client: EngineClient,
  index: string,
  name: string,
  counted: unknown,
): Promise<Distribution | undefined> {
  const [min, max, mean] = ['min', 'max', 'avg'].map((statistic) => numberMember(counted, name, statistic))
  if (min === undefined || max === undefined || mean === undefined) return undefined
  const edges = histogramEdges(min, max)
  const ranges = edges.map((from, place) => ({ from, to: edges[place + 1] }))
  const answer = await aggregate(client, index, { buckets: { range: { field: side(name), ranges } } })
  const percentile = (percent: string): number =>
    numberMember(counted, `${name}_percentiles`, 'values', percent) ?? mean
  return {
    min,
    max,
    mean,
    median: percentile('50.0'),
    p95: percentile('95.0'),
    histogram: arrayMember(answer, 'buckets', 'buckets').map((bucket) => ({
      from: numberMember(bucket, 'from') ?? 0,
      documents: numberMember(bucket, 'doc_count') ?? 0,
    })),
  }
}

type Weights = ReadonlyMap<string, number>

/** Vectors of documents picked by chance; of chunks, each token's largest weight. */
async function sampleVectors(
  client: EngineClient,
  index: string,
  meta: IndexMeta,
  count: number,
): Promise<readonly Weights[]> {
  const hides = client.info.distribution === 'elasticsearch' && atLeast(client.info.version, '9.2.0')
  const query = { exists: { field: side('fingerprint') } }
  const vectors: Weights[] = []
  for (let from = 0; from < count; from += SAMPLE_BATCH) {
    const { body } = await client.request({
      method: 'POST',
      path: indexPath(index, '_search'),
      query: { allow_partial_search_results: false },
      body: {
        from,
        size: Math.min(SAMPLE_BATCH, count - from),
        // A fixed seed: pages must not overlap, and two looks at one index should agree.
        query: {
          function_score: { query, random_score: { seed: 1, field: '_seq_no' }, boost_mode: 'replace' },
        },
        _source: { includes: [meta.field], ...(hides && { exclude_vectors: false }) },
      },
    })
    const hits = arrayMember(body, 'hits', 'hits')
    vectors.push(...hits.map((hit) => weightsOf(sourceField(hit, meta.field), isNested(meta))))
    if (hits.length < SAMPLE_BATCH) break
  }
  return vectors
}

function weightsOf(value: unknown, nested: boolean): Weights {
  const parts = nested ? [value].flat().map((chunk) => member(chunk, CHUNK_WEIGHTS)) : [value]
  const weights = new Map<string, number>()
  for (const part of parts)
    for (const [name, weight] of Object.entries(isObject(part) ? part : {})) {
      const token = tokenOf(name)
      if (typeof weight === 'number') weights.set(token, Math.max(weight, weights.get(token) ?? 0))
    }
  return weights
}

function profileSample(
  sample: SampleTokens,
  { weakRatio, commonShare }: Required<NearDeadLimits>,
  topTokens: number,
): IndexProfile['sample'] {
  const { documents, tokens } = sample
  return {
    documents,
    tokens: tokens.length,
    rare: tokens.filter((token) => token.documents === 1).length,
    frequent: sample.group(() => true, topTokens).top,
    heavy: sample.heaviest(topTokens),
    weak: { ratio: weakRatio, ...sample.group(({ bestRatio }) => bestRatio < weakRatio, topTokens) },
    common: {
      share: commonShare,
      ...sample.group((token) => token.documents >= commonShare * documents, topTokens),
    },
  }
}

function asItIs(token: string): string {
  return token
}
