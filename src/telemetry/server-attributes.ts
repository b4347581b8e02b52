/** Ports that an address leaves out. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/**
 * Whom a request is for, in the words of OpenTelemetry's conventions for HTTP spans.
 *
 * @param authority host, and port if it is not the scheme's own; nothing but the scheme is known of one that is none
 */
export function serverAttributes(
  scheme: string,
  authority: string | undefined,
): Readonly<Record<string, string | number>> {
  const address = `${scheme}://${authority ?? ''}`
  if (!URL.canParse(address)) return { 'url.scheme': scheme }
  const { hostname, port } = new URL(address)
  const number = port === '' ? DEFAULT_PORTS[scheme] : Number(port)
  return {
    'url.scheme': scheme,
    'server.address': hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(number !== undefined && { 'server.port': number }),
  }
}

/** The same of a node's address: scheme, host and port. */
export function originAttributes(origin: string): Readonly<Record<string, string | number>> {
  const [scheme = '', authority] = origin.split('://')
  return serverAttributes(scheme, authority)
}
