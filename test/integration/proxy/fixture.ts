import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { LongTextOptions } from '../../../src/encoder/long-texts.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import type { EngineId } from '../../../src/engine/embedded/catalogue.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import type { JsonObject } from '../../../src/engine/json.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import type { RewriterOptions } from '../../../src/proxy/rewrite/rewriter-options.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import { testEngine, uniqueName } from '../../engines.js'
import { MODEL, RECORDS, recordLines } from './corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

/** An index with the corpus, and a rewriter before its engine. */
export interface Fixture {
  readonly index: string
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly searcher: Searcher
  readonly proxy: RewritingUpstream
  textOf(id: string): string
  close(): Promise<void>
}

/** What is indexed beside what the proxy is about. */
export interface FixtureCorpus {
  /** Default: those of the small corpus. */
  readonly records?: readonly object[]
  readonly settings?: JsonObject
  /** Fields beside those that every index has. */
  readonly properties?: JsonObject
}

export async function openFixture(
  engine: EngineId,
  rewriting: Partial<RewriterOptions> = {},
  encoding: LongTextOptions = {},
  { records, settings = {}, properties = {} }: FixtureCorpus = {},
): Promise<Fixture> {
  const index = uniqueName('rewrite')
  const client = await connect({ url: testEngine(engine).url })
  const encoder = await loadNeuralEncoder(await loadModelBundle(MODEL), encoding)
  const longTexts = encoder.longTexts!
  const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, longTexts }
  await createIndex(client, { index, meta, settings })
  await client.request({ method: 'PUT', path: `/${index}/_mapping`, body: { properties } })
  await indexDocuments(client, encoder, { index, inputs: [streamInput(recordLines(records))] })
  const rewriter = createRewriter({ encoders: [encoder], ...rewriting })
  const proxy = await startRewritingUpstream(testEngine(engine).url, rewriter)
  return {
    index,
    client,
    encoder,
    searcher: await openSearcher(client, encoder, index),
    proxy,
    textOf: (id) => RECORDS.find(({ _id }) => _id === id)?.text ?? '',
    close: async () => {
      await proxy.close()
      await client.request({ method: 'DELETE', path: `/${index}` })
      await encoder.close()
      await client.close()
    },
  }
}
