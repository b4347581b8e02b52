import type { Headers } from '../rewriter.js'

/**
 * Elasticsearch's clients from 8 on name their release in the media type, `application/vnd.elasticsearch+json;
 * compatible-with=8`, and refuse answers without the product header. OpenSearch knows neither.
 */
const VENDOR = /^application\/vnd\.elasticsearch\+(json|x-ndjson|yaml|cbor|smile)$/i

/** True for JSON and lines of JSON in UTF-8, by whatever name; CBOR, SMILE and YAML are never looked into. */
export function isJsonType(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  return isUtf8 && /^application\/(vnd\.elasticsearch\+)?(json|x-ndjson|x-json)$|^text\/plain$/.test(type)
}

/** False for a request that asks for its answer in YAML, CBOR or SMILE. */
export function asksForJson({ accept }: Headers, target: string): boolean {
  const format = new URLSearchParams(target.split('?')[1]).get('format')
  if (format !== null) return format === 'json'
  const asked = [accept].flat().join(',')
  return !/yaml|cbor|smile/i.test(asked)
}

/**
 * The value of a `Content-Type` or `Accept` header as OpenSearch takes it: vendor media types become plain ones, all
 * others stay.
 */
export function toPlainMediaType(header: string): string {
  return header
    .split(',')
    .map((media) => {
      const [type = '', ...parameters] = media.split(';').map((part) => part.trim())
      const [, subtype] = VENDOR.exec(type) ?? []
      if (subtype === undefined) return media.trim()
      const kept = parameters.filter((parameter) => !/^compatible-with=/i.test(parameter))
      return [`application/${subtype.toLowerCase()}`, ...kept].join('; ')
    })
    .join(', ')
}

/** The headers of a request, so that OpenSearch takes what a client of Elasticsearch sends. */
export function toOpenSearchHeaders(headers: Headers): Headers {
  return mapHeaders(headers, ['accept', 'content-type'], toPlainMediaType)
}

/**
 * The headers of OpenSearch's answer, so that a client of Elasticsearch takes it: the product header, and JSON by the
 * name that was asked for.
 *
 * @param accept value of the request's `Accept` header
 */
export function toElasticsearchHeaders(headers: Headers, accept: string | undefined): Headers {
  const vendor = accept === undefined ? undefined : vendorTypeOf(accept)
  const named =
    vendor === undefined
      ? headers
      : mapHeaders(headers, ['content-type'], (value) =>
          value.replace(/^application\/json\b(?:;\s*charset=utf-8)?/i, vendor),
        )
  return { ...named, 'x-elastic-product': 'Elasticsearch' }
}

function vendorTypeOf(accept: string): string | undefined {
  const medias = accept.split(',').map((media) => media.trim())
  return medias.find((media) => /^application\/vnd\.elasticsearch\+json\b/i.test(media))
}

function mapHeaders(headers: Headers, names: readonly string[], map: (value: string) => string): Headers {
  const mapped = names.flatMap((name): [string, Headers[string]][] => {
    const value = headers[name]
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? map(value) : value.map(map)]]
  })
  return { ...headers, ...Object.fromEntries(mapped) }
}
