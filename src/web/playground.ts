import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { numberMember } from '../engine/json.js'
import { textFieldNames } from '../engine/text-rule.js'
import { EncodingError } from '../errors.js'
import { titleField } from '../search/hit-title.js'
import type { Searcher } from '../search/search.js'
import type { EncodeAnswer, EncodeRequest, InfoAnswer, SearchAnswer, SearchRequest } from './api.js'
import type { DashboardsAnswer, FiguresAnswer, FiguresRequest } from './dashboards-api.js'
import { shownTokens } from './shown-tokens.js'
import { listDashboards, readDashboard } from './telemetry-dashboards.js'
import { searchThreeWays } from './three-way-search.js'

export interface PlaygroundOptions {
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly searcher: Searcher
  readonly index: string
  /** Without credentials. */
  readonly engineUrl: string
  /** Whether that is the address of a proxy which takes a hybrid body too. Default false. */
  readonly throughProxy?: boolean
}

/** What the page asks for. */
export interface Playground {
  /** @throws EngineError if the engine does not answer */
  info(): Promise<InfoAnswer>
  /** @throws SpladeBridgeError if no search could be made; one that the engine refuses is an empty column */
  search(request: SearchRequest): Promise<SearchAnswer>
  /** @throws EncodingError for a text that cannot be encoded */
  encode(request: EncodeRequest): Promise<EncodeAnswer>
  dashboards(): DashboardsAnswer
  /** @throws SpladeBridgeError for a dashboard that there is not, or if the engine does not answer */
  figures(request: FiguresRequest): Promise<FiguresAnswer>
}

/** Searches one index in three ways, and shows what the encoder of that index makes of texts. */
export function createPlayground(options: PlaygroundOptions): Playground {
  return {
    info: () => readInfo(options),
    search: (request) => searchThreeWays(options, request),
    encode: (request) => encode(options.encoder, request),
    dashboards: listDashboards,
    figures: (request) => readDashboard(options.client, request),
  }
}

async function readInfo(options: PlaygroundOptions): Promise<InfoAnswer> {
  const { client, encoder, searcher, index, engineUrl, throughProxy = false } = options
  const { body } = await client.request({ method: 'GET', path: indexPath(index, '_count') })
  return {
    engine: client.info,
    engineUrl,
    throughProxy,
    index,
    documents: numberMember(body, 'count') ?? 0,
    model: encoder.identity,
    field: searcher.meta.field,
    textFields: textFieldNames(searcher.meta),
    titleField: titleField(searcher.meta),
  }
}

async function encode(encoder: Encoder, { text, as = 'document' }: EncodeRequest): Promise<EncodeAnswer> {
  const startedAt = performance.now()
  const [encoding] = await (as === 'query' ? encoder.encodeQueries([text]) : encoder.encodeDocuments([text]))
  if (encoding === undefined) throw new EncodingError('the encoder gave no vector for the text')
  const { vector, tokenCount, truncated, chunkCount, fragmentation } = encoding
  const encodeMs = performance.now() - startedAt
  const tokens = shownTokens(encoder, text, vector)
  return { tokens, tokenCount, truncated, chunkCount, fragmentation, encodeMs }
}
