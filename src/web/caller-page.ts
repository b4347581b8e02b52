import type { IncomingMessage } from 'node:http'
import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient, EngineRequester } from '../engine/client.js'
import { createIndexStatistics } from '../engine/corpus-statistics.js'
import { readIndexMeta } from '../engine/index-meta.js'
import { EngineError } from '../errors.js'
import { PAGE_PATH, type ServedPage } from '../proxy/http/page-route.js'
import { IndexEncoders } from '../proxy/rewrite/upstream/index-encoders.js'
import { UpstreamEngine } from '../proxy/rewrite/upstream/upstream-engine.js'
import { openSearcher } from '../search/search.js'
import type { PageFile } from './page-files.js'
import { createPlayground, type Playground } from './playground.js'
import { createWebServer } from './web-server.js'

export interface CallerPageOptions {
  /** Path -> file, as `readPage` gives them. */
  readonly page: ReadonlyMap<string, PageFile>
  /** Models that the index may have been written by. */
  readonly encoders: readonly Encoder[]
  readonly index: string
  /** True where the engine knows callers by credentials of their own, which a browser is then asked for. */
  readonly asksForCredentials: boolean
}

export interface CallerPage extends ServedPage {
  close(): Promise<void>
}

/**
 * The playground for several people: each request searches with the rights of who sends it, and nothing that one of them
 * was told is kept for another.
 */
export function createCallerPage(options: CallerPageOptions): CallerPage {
  const { page, asksForCredentials } = options
  const clients = new WeakMap<IncomingMessage, EngineRequester>()
  const open = createOpener(options)
  const server = createWebServer({
    page,
    prefix: PAGE_PATH,
    asksForCredentials,
    playground: (request) => open(clients.get(request) ?? nobody, addressOf(request)),
  })
  return {
    handle: (request, response, client) => {
      clients.set(request, client)
      server.handle(request, response)
    },
    close: () => server.close(),
  }
}

const nobody: EngineRequester = {
  request: () => Promise.reject(new EngineError('the request came without a way to the engine', 0)),
}

type Open = (requester: EngineRequester, address: string) => Promise<Playground>

function createOpener({ encoders, index }: CallerPageOptions): Open {
  const known = new IndexEncoders(encoders)
  const engine = new UpstreamEngine()
  return async (requester, engineUrl) => {
    const meta = await readIndexMeta(requester, index)
    if (meta === undefined) throw new EngineError(`there is no index "${index}"`, 404)
    const info = await engine.info(requester)
    if (info === undefined) throw new EngineError('the engine does not say which engine it is', 0)
    const client: EngineClient = {
      info,
      request: (request) => requester.request(request),
      close: () => Promise.resolve(),
    }
    const { field, fieldType } = meta
    const encoder = known.encoderOf(
      index,
      meta,
      createIndexStatistics(requester, { index, field, fieldType }),
    )
    const searcher = await openSearcher(client, encoder, index)
    return createPlayground({ client, encoder, searcher, index, engineUrl, throughProxy: true })
  }
}

/** Of the proxy, as the browser knows it: commands that are copied from the page go through it, too. */
function addressOf({ headers: { host = '' }, socket }: IncomingMessage): string {
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true
  return `${isEncrypted ? 'https' : 'http'}://${host}`
}
