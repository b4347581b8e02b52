import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { decodeFeatureName, MAX_FEATURE_NAME_BYTES } from '../../../src/rank-features/feature-name.js'
import { MAX_CLAUSES, toSparseQuery } from '../../../src/rank-features/query.js'
import { defaultFieldType, ENGINES, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'

interface TokenizerFile {
  readonly model: { readonly vocab: Readonly<Record<string, number>> }
}

interface SearchAnswer {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _explanation: Explanation }[] }
}

interface Explanation {
  readonly description: string
  readonly value: number
  readonly details: readonly Explanation[]
}

const tokenizerFile = new URL('../../../models/splade-tiny-en/tokenizer.json', import.meta.url)
const vocabulary = Object.keys((JSON.parse(readFileSync(tokenizerFile, 'utf8')) as TokenizerFile).model.vocab)

/** What breaks JSON, field paths, feature names or UTF-8, with neighbours that a careless encoding merges. */
const AWKWARD = [
  ...[
    '',
    ' ',
    '  ',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c',
    'a b',
    '.a',
    'a.',
    'a,b',
    'a*',
    '*',
    '?',
    '"',
    '\\',
  ],
  ...[
    '%',
    '%%',
    '%2E',
    '%2e',
    '%25',
    '%u002E',
    '_',
    '__',
    '_id',
    '_source',
    'splade',
    'splade.a',
    '/',
    ':',
    '#',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'true', '0', '1', '-1', '1e3', 'NaN'],
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...[
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u00ad',
    '\u200b',
    '\u200d',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\uffff',
    '\ufffd',
  ],
  ...['\ud800', '\udc00', '\udbff', '\udfff', '\udc00\ud800', 'a\ud83d', '\ude00b', '😀', '👩‍👩‍👧', '🇰🇷'],
  ...[
    '가',
    '각',
    'ㄱ',
    '\u1100',
    '한국어',
    '##어',
    '▁한국',
    'é',
    'e\u0301',
    'ﬁ',
    'fi',
    'İ',
    'i',
    'I',
    'ß',
    'SS',
  ],
  // Lone byte-level BPE symbols: space, line feed and bytes that are no character by themselves.
  ...['Ġ', 'Ċ', 'ĉ', 'č', 'Â', 'ł', 'ĠĠ', 'Ġthe', 'ìĹ', 'Ķ'],
  ...['x'.repeat(MAX_FEATURE_NAME_BYTES), 'x'.repeat(MAX_FEATURE_NAME_BYTES - 1), '한'.repeat(10_922)],
]

/** Weights 1 + n / 256 fill a stored weight's 8 bits of mantissa, so they come back exactly as they went in. */
const STEPS = 256

/** Two documents hold every token, with weights that together are its number: no two tokens have the same pair. */
const numberPart = (position: number, document: number): number =>
  1 + (Math.floor(position / STEPS ** document) % STEPS) / STEPS

describe.each(ENGINES)('feature names on %s', (id) => {
  const fieldType = defaultFieldType(id)
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(() => client.close())

  async function indexNumbered(tokens: readonly string[]): Promise<string> {
    const index = uniqueName('vocabulary')
    const mappings = { properties: { splade: { type: fieldType } } }
    await client.request({ method: 'PUT', path: `/${index}`, body: { mappings } })
    for (const document of [0, 1]) {
      const vector = new Map(tokens.map((token, position) => [token, numberPart(position, document)]))
      const body = { splade: toRankFeatures(vector) }
      await client.request({ method: 'PUT', path: `/${index}/_doc/${document}`, body })
    }
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    return index
  }

  /** Document id -> token -> its stored weight, by the engine's own explanation, which every release gives. */
  async function storedWeights(index: string, tokens: readonly string[]) {
    const vector = new Map(tokens.map((token) => [token, 1]))
    const query = toSparseQuery(vector, fieldType, { field: 'splade' })
    const { body } = await client.request({
      method: 'POST',
      path: `/${index}/_search`,
      body: { query, explain: true, _source: false },
    })
    const { hits } = (body as SearchAnswer).hits
    return new Map(hits.map((hit) => [hit._id, new Map(explainedTokens(hit._explanation))]))
  }

  async function expectEachTokenFound(tokens: readonly string[]): Promise<void> {
    const index = await indexNumbered(tokens)
    for (let start = 0; start < tokens.length; start += MAX_CLAUSES) {
      const asked = tokens.slice(start, start + MAX_CLAUSES)
      const found = await storedWeights(index, asked)
      for (const document of [0, 1]) {
        const expected = asked.map((token, offset) => [token, numberPart(start + offset, document)] as const)
        expect(found.get(String(document))).toEqual(new Map(expected))
      }
    }
    await client.request({ method: 'DELETE', path: `/${index}` })
  }

  // What older releases make of awkward names is asked below; thirty thousand plain ones are no news to them.
  const itOnNewest = NEWEST_ENGINES.includes(id) ? it : it.skip
  itOnNewest(
    `finds each of the model's ${vocabulary.length} tokens, with the weight that it was given`,
    async () => {
      expect(vocabulary).toHaveLength(30_522)
      await expectEachTokenFound(vocabulary)
    },
  )

  it('finds tokens with dots, spaces, controls, lone surrogates, and the longest that fit', async () => {
    expect(new Set(AWKWARD).size).toBe(AWKWARD.length)
    await expectEachTokenFound(AWKWARD)
  })
})

function* explainedTokens({
  description,
  value,
  details,
}: Explanation): Generator<readonly [string, number]> {
  const feature = /^Linear function on the splade field for the (.*) feature, computed as w \* S from:$/.exec(
    description,
  )?.[1]
  if (feature !== undefined) yield [decodeFeatureName(feature), Math.fround(value)]
  else for (const detail of details) yield* explainedTokens(detail)
}
