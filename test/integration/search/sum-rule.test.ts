import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withCorpusRarity } from '../../../src/encoder/corpus-rarity.js'
import type { Encoder, Encoding } from '../../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import { loadEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { type BeirDocument, readCorpus, readQueries } from '../../../src/evaluate/beir.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModel } from '../../../src/model/load-model.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { openSearcher } from '../../../src/search/search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { seededRandom } from '../../random.js'
import { askProxy } from '../proxy/corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from '../proxy/rewriting-upstream.js'

/**
 * Engine and explanation add the same 32-bit products, each rounded once; they may do so in another order. Fifty
 * products off by half a unit in the last place of 24 bits are 3e-6.
 */
const RELATIVE_TOLERANCE = 1e-5
const PAIRS = 1000
const QUERIES = 22
const HITS = 20

const folder = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const random = seededRandom(20_261_127)
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!

/** What one index of the test holds, and what encodes it. */
interface Kind {
  readonly name: string
  readonly languages: readonly ('ko' | 'en')[]
  open(): Promise<Encoder>
}

const KINDS: readonly Kind[] = [
  {
    name: 'ko-en-mini',
    languages: ['ko', 'en'],
    open: async () => loadEncoder(await loadModel(folder('models/ko-en-mini'))),
  },
  { name: 'bm25', languages: ['ko', 'en'], open: () => Promise.resolve(createLexicalEncoder()) },
  {
    name: 'nested chunks',
    languages: ['en'],
    open: async () =>
      loadEncoder(await loadModel(folder('models/splade-tiny-en')), {
        longTexts: 'nested',
        chunkTokens: 32,
      }),
  },
]

/** Texts are encoded once, and not again for each engine. */
function remembering(encoder: Encoder): Encoder {
  return {
    identity: encoder.identity,
    ...(encoder.longTexts && { longTexts: encoder.longTexts }),
    ...(encoder.rarity && { rarity: (token: string) => encoder.rarity!(token) }),
    ...(encoder.readable && { readable: (token: string) => encoder.readable!(token) }),
    encodeDocuments: once((texts) => encoder.encodeDocuments(texts)),
    encodeQueries: once((texts) => encoder.encodeQueries(texts)),
    locate: (text) => encoder.locate(text),
    close: () => encoder.close(),
  }
}

function once(encode: (texts: readonly string[]) => Promise<readonly Encoding[]>): typeof encode {
  const known = new Map<string, Encoding>()
  return async (texts) => {
    const missing = texts.filter((text) => !known.has(text))
    const encoded = missing.length === 0 ? [] : await encode(missing)
    missing.forEach((text, place) => known.set(text, encoded[place]!))
    return texts.map((text) => known.get(text)!)
  }
}

/** Some words of a random document, of two, or a question of the examples. */
function randomQuery(documents: readonly BeirDocument[], questions: readonly string[]): string {
  const stretch = (): string => {
    const { title, text } = pick(documents)
    const words = `${title} ${text}`.split(/\s+/)
    const start = Math.floor(random() * words.length)
    return words.slice(start, start + 1 + Math.floor(random() * 8)).join(' ')
  }
  return pick([stretch, () => `${stretch()} ${stretch()}`, () => pick(questions)])()
}

interface Corpus {
  readonly name: string
  readonly encoder: Encoder
  readonly documents: readonly BeirDocument[]
  readonly queries: readonly string[]
}

const corpora = new Map<Kind, Corpus>()

/** The same for every engine. */
async function corpusOf(kind: Kind): Promise<Corpus> {
  const known = corpora.get(kind)
  if (known !== undefined) return known
  const documents: BeirDocument[] = []
  const questions: string[] = []
  for (const language of kind.languages) {
    for await (const document of readCorpus(folder(`examples/${language}`))) documents.push(document)
    questions.push(...(await readQueries(folder(`examples/${language}`))).map(({ text }) => text))
  }
  const queries = Array.from({ length: QUERIES }, () => randomQuery(documents, questions))
  const corpus = { name: kind.name, encoder: remembering(await kind.open()), documents, queries }
  corpora.set(kind, corpus)
  return corpus
}

afterAll(async () => {
  for (const { encoder } of corpora.values()) await encoder.close()
})

async function* recordLines(documents: readonly BeirDocument[]): AsyncGenerator<Uint8Array> {
  for (const { id, title, text } of documents)
    yield await Promise.resolve(Buffer.from(`${JSON.stringify({ _id: id, title, text })}\n`))
}

function expectSum(sum: number, score: number): void {
  expect(Math.abs(sum - score)).toBeLessThanOrEqual(RELATIVE_TOLERANCE * score)
}

interface ProxyHit {
  readonly _score: number
  readonly splade_explanation: readonly {
    readonly score: number
    readonly more_tokens: number
    readonly tokens: readonly { readonly contribution: number; readonly share: number }[]
  }[]
}

describe.each(ENGINES)('the sum of contributions is the score on %s', (id) => {
  const opened: (Corpus & { readonly index: string })[] = []
  let client: EngineClient
  let proxy: RewritingUpstream

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    for (const kind of KINDS) {
      const corpus = await corpusOf(kind)
      const { encoder, documents } = corpus
      const index = uniqueName('sums')
      const { identity, longTexts } = encoder
      const textFields = ['title', 'text']
      const meta = { field: 'splade', textFields, encoder: identity, ...(longTexts && { longTexts }) }
      await createIndex(client, { index, meta })
      await indexDocuments(client, encoder, { index, inputs: [streamInput(recordLines(documents))] })
      opened.push({ ...corpus, index })
    }
    const rewriter = createRewriter({ encoders: opened.map(({ encoder }) => encoder) })
    proxy = await startRewritingUpstream(testEngine(id).url, rewriter)
  })
  afterAll(async () => {
    await proxy.close()
    for (const { index } of opened) await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  it(`for ${PAIRS} random pairs of query and hit, in the library`, async () => {
    let pairs = 0
    for (const { name, encoder, queries, index } of opened) {
      const statistics = createIndexStatistics(client, { index, field: 'splade' })
      const following =
        name === 'bm25' ? createLexicalEncoder({ statistics }) : withCorpusRarity(encoder, statistics)
      const searcher = await openSearcher(client, following, index)
      for (const query of queries) {
        const { hits } = await searcher.search({ query, size: HITS, explain: true })
        for (const { score, tokens } of hits) {
          expectSum(
            tokens.reduce((sum, { contribution }) => sum + contribution, 0),
            score,
          )
          const products = tokens.map(({ queryWeight, documentWeight }) => queryWeight * documentWeight)
          expectSum(
            products.reduce((sum, product) => sum + product, 0),
            score,
          )
          pairs++
        }
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(PAIRS)
  })

  it(`for ${PAIRS} random pairs with boosts, through the proxy`, async () => {
    let pairs = 0
    for (const { queries, index } of opened) {
      const lines = queries.flatMap((text) => [
        { index },
        {
          query: { splade: { text, boost: Math.fround(10 ** (4 * random() - 2)) } },
          size: HITS,
          splade_explain: true,
        },
      ])
      const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      const { json, text } = await askProxy(proxy, 'POST', '/_msearch', body)
      const { responses } = json as { responses?: { hits: { hits: ProxyHit[] } }[] }
      if (responses === undefined) throw new Error(text)
      for (const { _score, splade_explanation } of responses.flatMap(({ hits }) => hits.hits)) {
        const [{ score, tokens, more_tokens } = { score: NaN, tokens: [], more_tokens: 0 }] =
          splade_explanation
        expectSum(score, _score)
        const shown = tokens.reduce((sum, { contribution }) => sum + contribution, 0)
        if (more_tokens === 0) expectSum(shown, _score)
        else expect(shown).toBeLessThan(_score)
        pairs++
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(PAIRS)
  })
})
