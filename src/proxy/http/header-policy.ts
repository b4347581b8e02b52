import { ConfigurationError, NOT_SHOWN } from '../../errors.js'
import { type FlatHeaders, requestHeaders } from './headers.js'

export interface HeaderPolicyOptions {
  /** Sent to the engine in place of the caller's credentials. */
  readonly authorization?: string
  readonly elasticsearchClients?: boolean
}

/** What the proxy changes of headers, where it is told to. */
export interface HeaderPolicy {
  /** The headers of a client's request as they go to the engine. */
  readonly changeRequest: (raw: FlatHeaders) => FlatHeaders
  /** Undefined where answers stay as they are. */
  readonly changeAnswer: ((headers: string[], status: number) => string[]) | undefined
}

/**
 * By which a caller says who it is, or whom it speaks for. With configured credentials none of them may reach the
 * engine: a caller could borrow the proxy's rights and another user's name at once.
 */
const IDENTITY: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'es-secondary-authorization',
  'es-security-runas-user',
  'es-client-authentication',
  'opendistro_security_impersonate_as',
  'opensearch_security_impersonate_as',
  'securitytenant',
  'x-forwarded-client-cert',
  'x-proxy-user',
  'x-proxy-roles',
  'x-proxy-ext-username',
  'x-amz-security-token',
])

/** `application/vnd.elasticsearch+json; compatible-with=8` and its kin. */
const VENDOR_TYPE =
  /application\/vnd\.elasticsearch\+(json|x-ndjson|cbor|smile|yaml)\s*;\s*compatible-with=\d+/gi

/** The header that Elasticsearch's clients want to see of every answer. */
const PRODUCT = ['X-Elastic-Product', 'Elasticsearch'] as const

/** @throws ConfigurationError for credentials that no header can hold */
export function createHeaderPolicy({
  authorization,
  elasticsearchClients = false,
}: HeaderPolicyOptions): HeaderPolicy {
  if (authorization !== undefined && !/^[\x20-\x7e]+$/.test(authorization))
    throw new ConfigurationError('authorization', 'must be printable ASCII', NOT_SHOWN)
  const withCredentials = (raw: FlatHeaders): FlatHeaders =>
    authorization === undefined
      ? requestHeaders(raw)
      : [...requestHeaders(raw, IDENTITY), 'authorization', authorization]
  if (!elasticsearchClients) return { changeRequest: withCredentials, changeAnswer: undefined }
  return {
    changeRequest: (raw) =>
      withCredentials(raw).map((text, at) => (at % 2 === 1 ? withoutVendorType(text) : text)),
    changeAnswer: (headers) =>
      headers.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'x-elastic-product')
        ? headers
        : [...headers, ...PRODUCT],
  }
}

function withoutVendorType(value: string): string {
  return value.replace(VENDOR_TYPE, (_, format: string) => `application/${format.toLowerCase()}`)
}
