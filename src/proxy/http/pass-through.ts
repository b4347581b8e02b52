import type { IncomingMessage } from 'node:http'
import { joined } from './collect.js'
import type { Exchange } from './exchange.js'
import { relayObserved } from './observed-upstream.js'
import type { RelayOptions } from './relay.js'
import type { Upstreams } from './upstreams.js'

/**
 * Bodies up to this many bytes are sent on in one piece: most searches, in one packet each. They can also go to
 * another node if the first cannot be reached. Longer ones are streamed.
 */
const SMALL_BODY_BYTES = 65_536

/** Sends a request on as it is. */
export function passThrough(exchange: Exchange, upstreams: Upstreams, options: RelayOptions): void {
  const { method, target, flatHeaders: headers, incoming, announcedBytes } = exchange.request
  if (announcedBytes === undefined || announcedBytes > SMALL_BODY_BYTES) {
    relayObserved(upstreams, { method, target, headers, body: incoming }, exchange, options)
  } else if (announcedBytes === 0) {
    relayObserved(upstreams, { method, target, headers, body: undefined }, exchange, options)
  } else {
    readSmallBody(incoming, (body) => {
      relayObserved(upstreams, { method, target, headers, body }, exchange, options)
    })
  }
}

/** A client that leaves before the end has left nothing to do. */
function readSmallBody(incoming: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    then(joined(chunks))
  })
}
