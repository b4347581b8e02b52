import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { encodedText } from '../engine/encoded-text.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { arrayMember, isObject, member, stringMember } from '../engine/json.js'
import { EngineError } from '../errors.js'
import { openSearcher } from '../search/search.js'
import { countMatching } from './count-matching.js'

export interface Verification {
  readonly documents: number
  /** Documents with vectors of the encoder; the rest has no text, or is a dead letter. */
  readonly withVectors: number
  /** Documents that were searched for by their own text. */
  readonly samples: number
  /** Of those, found among the first ten. */
  readonly found: number
}

export interface Expectation {
  readonly documents: number
  readonly withVectors: number
}

const SAMPLES = 20
/** Of a short or common text, ten others may say the same. */
const ENOUGH = 0.8
/** Characters of a text that are searched for, as a person might paste them. */
const QUERY_LENGTH = 200

/**
 * Holds an index against what it should have, and searches it for a sample of its own documents.
 *
 * @throws EngineError saying what is missing
 */
export async function verifyIndex(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  expected: Expectation,
): Promise<Verification> {
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
  const written = { term: { [`${SIDE_FIELD}.fingerprint`]: encoder.identity.fingerprint } }
  const documents = await countMatching(client, index, undefined)
  const withVectors = await countMatching(client, index, written)
  requireSame(index, 'documents', documents, expected.documents)
  requireSame(index, 'documents with vectors', withVectors, expected.withVectors)
  const sampled = await sampleSearches(client, encoder, index, written)
  if (sampled.found < ENOUGH * sampled.samples) {
    throw new EngineError(
      `of ${sampled.samples} documents of "${index}" only ${sampled.found} are found by their own text: something is ` +
        'wrong with its vectors; no alias was changed',
      0,
    )
  }
  return { documents, withVectors, ...sampled }
}

async function sampleSearches(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  written: object,
): Promise<Pick<Verification, 'samples' | 'found'>> {
  const searcher = await openSearcher(client, encoder, index)
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    body: { size: SAMPLES, query: { function_score: { query: written, random_score: {} } } },
  })
  const hits = arrayMember(body, 'hits', 'hits')
  let found = 0
  for (const hit of hits) {
    const source = member(hit, '_source')
    const query = encodedText(isObject(source) ? source : {}, searcher.meta).slice(0, QUERY_LENGTH)
    const answer = await searcher.search({ query })
    if (answer.hits.some(({ id }) => id === stringMember(hit, '_id'))) found += 1
  }
  return { samples: hits.length, found }
}

function requireSame(index: string, what: string, actual: number, expected: number): void {
  if (actual === expected) return
  throw new EngineError(
    `"${index}" has ${actual} ${what} where ${expected} should be; no alias was changed`,
    0,
  )
}
