import type { IncomingMessage } from 'node:http'
import { joined } from './collect.js'
import type { Exchange } from './exchange.js'
import { relay, type RelayOptions } from './relay.js'
import type { Upstreams } from './upstreams.js'

/**
 * Bodies up to this many bytes are sent on in one piece: most searches, in one packet each. They can also go to
 * another node if the first cannot be reached. Longer ones are streamed.
 */
const SMALL_BODY_BYTES = 65_536

/** Sends a request on as it is. */
export function passThrough(
  { request, response }: Exchange,
  upstreams: Upstreams,
  options: RelayOptions,
): void {
  const { method, target, flatHeaders: headers, incoming, announcedBytes } = request
  if (announcedBytes === undefined || announcedBytes > SMALL_BODY_BYTES) {
    relay(upstreams, { method, target, headers, body: incoming }, response, options)
  } else if (announcedBytes === 0) {
    relay(upstreams, { method, target, headers, body: undefined }, response, options)
  } else {
    readSmallBody(incoming, (body) => {
      relay(upstreams, { method, target, headers, body }, response, options)
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
