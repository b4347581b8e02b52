import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'

interface Port {
  readonly host_ip?: string
  readonly published: string
}

interface Service {
  readonly profiles?: readonly string[]
  readonly image: string
  readonly ports?: readonly (string | Port)[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const compileSchema = () => {
  const schema = JSON.parse(read('compose-spec.json')) as Record<string, unknown>
  // The schema names draft 07 by https, which Ajv knows by http only; without the name it takes draft 07.
  delete schema.$schema
  // Not strict: "deprecated" is no keyword of draft 07.
  return new Ajv({ strict: false, allErrors: true }).compile(schema)
}

const source = read('../../../docker-compose.yml')
const compose = parse(source, { strict: true, uniqueKeys: true }) as Compose
const services = Object.entries(compose.services)

describe('docker-compose.yml', () => {
  const validate = compileSchema()

  it('satisfies the schema of the Compose specification', () => {
    validate(compose)
    expect(validate.errors ?? []).toEqual([])
  })

  it('is held to a schema that refuses an unknown key of a service', () => {
    expect(validate({ services: { engine: { image: 'x', portz: [] } } })).toBe(false)
    expect(validate.errors?.map((error) => error.params)).toContainEqual({ additionalProperty: 'portz' })
  })

  it('starts OpenSearch with its dashboards by default, Elasticsearch with Kibana and the proxy by profile', () => {
    const profiles = services.map(([name, service]) => [name, service.profiles ?? []])
    expect(Object.fromEntries(profiles)).toEqual({
      opensearch: [],
      'opensearch-dashboards': [],
      elasticsearch: ['elasticsearch'],
      kibana: ['elasticsearch'],
      proxy: ['proxy'],
    })
  })

  it.each(services)('publishes the ports of %s on loopback only', (_name, { ports = [] }) => {
    expect(ports.length).toBeGreaterThan(0)
    // The short form "9200:9200" binds to every address, so only the long form passes.
    expect(ports.map((port) => (typeof port === 'string' ? port : port.host_ip))).toEqual(
      ports.map(() => '127.0.0.1'),
    )
  })

  it('publishes no port twice, so that all services can run together', () => {
    const published = services.flatMap(([, { ports = [] }]) =>
      ports.map((port) => /:-(\d+)\}$/.exec(typeof port === 'string' ? port : port.published)?.[1]),
    )
    expect(published).not.toContain(undefined)
    expect(new Set(published).size).toBe(services.length)
  })

  it.each(services)('pins the image of %s to an exact version', (_name, { image }) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+$/)
  })

  it('runs each engine and its dashboards in the same version, as the dashboards demand', () => {
    const version = (name: string) => compose.services[name]?.image.split(':')[1]
    expect(version('opensearch-dashboards')).toBe(version('opensearch'))
    expect(version('kibana')).toBe(version('elasticsearch'))
  })

  it.each(services)('checks the health of %s, and of all that it waits for', (_name, service) => {
    expect(service.healthcheck?.test).toHaveLength(2)
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy')
      expect(compose.services[needed]?.healthcheck).toBeDefined()
    }
  })

  it('keeps engine data in volumes that it declares', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]))
    expect(mounted).toEqual(Object.keys(compose.volumes))
  })
})
