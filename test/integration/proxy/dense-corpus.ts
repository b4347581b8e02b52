import { readFileSync } from 'node:fs'
import type { LongTextOptions } from '../../../src/encoder/long-texts.js'
import { seededRandom } from '../../random.js'
import { NEURAL_ENGINE } from '../../engines.js'
import { type Fixture, openFixture } from './fixture.js'

/** Documents with a text for words and sparse vectors, and a dense vector for k-NN; and queries for all three. */

const DIMENSIONS = 8

const exampleLines = (name: string) =>
  readFileSync(new URL(`../../../examples/en/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly _id: string; readonly text: string })

/** Vectors that mean nothing, but are different lists of neighbours for every query. */
function withVectors<Item>(items: readonly Item[], seed: number) {
  const random = seededRandom(seed)
  return items.map((item, place) => ({
    ...item,
    dense: Array.from({ length: DIMENSIONS }, () => 2 * random() - 1),
    shelf: `shelf-${place % 3}`,
    place,
  }))
}

const RECORDS = withVectors(exampleLines('corpus'), 1)

export const QUERIES = withVectors(exampleLines('queries'), 2)

/** A window with room for all that a part can find, so that it does not matter that the engine counts them by shard. */
export const WHOLE = RECORDS.length + 1

/** The three parts of a hybrid search, for the proxy. */
export function partsOf({ text, dense }: (typeof QUERIES)[number]) {
  return [{ match: { text } }, { splade: { text } }, { knn: { dense: { vector: dense, k: 20 } } }] as const
}

export function openDenseFixture(shards: number, longTexts: LongTextOptions = {}): Promise<Fixture> {
  const dense = {
    type: 'knn_vector',
    dimension: DIMENSIONS,
    method: { name: 'hnsw', engine: 'lucene', space_type: 'cosinesimil' },
  }
  const properties = { dense, shelf: { type: 'keyword' }, place: { type: 'integer' } }
  const settings = { knn: true, number_of_shards: shards }
  return openFixture(NEURAL_ENGINE, {}, longTexts, { records: RECORDS, settings, properties })
}

/** An answer's hits. */
export interface Hits {
  readonly total: object
  readonly max_score: number | null
  readonly hits: readonly {
    readonly _id: string
    readonly _score: number
    readonly splade_explanation?: readonly { readonly score: number }[]
    readonly splade_score?: object
  }[]
}

/** @throws Error with the answer where it has none */
export function hitsOf({ json, text }: { readonly json: unknown; readonly text: string }): Hits {
  const { hits } = (json ?? {}) as { readonly hits?: Hits }
  if (hits === undefined) throw new Error(text)
  return hits
}
