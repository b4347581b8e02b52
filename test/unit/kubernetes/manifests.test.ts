import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import type { Command } from 'commander'
import { parse, parseAllDocuments } from 'yaml'
import { buildProgram } from '../../../src/cli/program.js'
import { SETTINGS } from '../../../src/cli/settings.js'
import { isObject, type JsonObject, member, numberMember, stringMember } from '../../../src/engine/json.js'
import { recordingTerminal } from '../cli/recording-terminal.js'

const ROOT = join(import.meta.dirname, '../../../deploy/kubernetes')
const COMPONENT = 'app.kubernetes.io/component'
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
)
const kustomizations = files.filter((file) => basename(file) === 'kustomization.yaml')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const manifests: readonly JsonObject[] = files
  .filter((file) => !kustomizations.includes(file))
  .flatMap((file) => parseAllDocuments(read(file)).map((document) => document.toJS() as JsonObject))
const named = manifests.map((manifest): [string, JsonObject] => [nameOf(manifest), manifest])
const ofKind = (...kinds: readonly string[]) => named.filter(([, { kind }]) => kinds.includes(String(kind)))

interface Container {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly ports?: readonly { readonly name: string }[]
}
const workloads = ofKind('Deployment', 'Job').map(([name, manifest]) => {
  const pod = member(manifest, 'spec', 'template')
  const [container] = member(pod, 'spec', 'containers') as readonly [Container & JsonObject]
  return { name, manifest, pod, container }
})
const byName = workloads.map((workload): [string, (typeof workloads)[number]] => [workload.name, workload])

function nameOf(manifest: JsonObject): string {
  return `${String(manifest.kind)} ${stringMember(manifest, 'metadata', 'name') ?? ''}`
}

/** Ajv knows neither the formats of OpenAPI nor its `nullable`. */
function compileSchemas(): (manifest: JsonObject) => readonly object[] {
  const { kinds, definitions } = JSON.parse(
    readFileSync(join(import.meta.dirname, 'schemas.json'), 'utf8'),
  ) as { kinds: Readonly<Record<string, { readonly $ref: string }>>; definitions: object }
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ definitions }, 'kubernetes')
  return (manifest) => {
    const schema = kinds[`${String(manifest.apiVersion)}/${String(manifest.kind)}`]
    if (schema === undefined) return [{ unknown: nameOf(manifest) }]
    const validate = ajv.compile({ $ref: `kubernetes${schema.$ref}` })
    validate(manifest)
    return validate.errors ?? []
  }
}

describe('the manifests of deploy/kubernetes', () => {
  const errorsOf = compileSchemas()

  it.each(named)('satisfy the schema of Kubernetes: %s', (_name, manifest) => {
    expect(errorsOf(manifest)).toEqual([])
  })

  it('are held to schemas that refuse unknown members, wrong types and missing ones', () => {
    const [, encoder] = named.find(([name]) => name === 'Deployment encoder')!
    const broken = (spec: object): readonly object[] => errorsOf({ ...encoder, spec })
    const spec = encoder.spec as JsonObject
    expect(broken({ ...spec, replica: 1 })).toContainEqual(
      expect.objectContaining({ params: { additionalProperty: 'replica' } }),
    )
    expect(broken({ ...spec, replicas: 'two' })).toContainEqual(
      expect.objectContaining({ instancePath: '/spec/replicas' }),
    )
    expect(broken({ template: spec.template })).toContainEqual(
      expect.objectContaining({ params: { missingProperty: 'selector' } }),
    )
  })

  it.each(kustomizations)('are all listed in %s, which lists no others', (file) => {
    const { resources, images = [] } = parse(read(file)) as {
      readonly resources: readonly string[]
      readonly images?: readonly { readonly newTag: string }[]
    }
    const beside = files.filter((other) => dirname(other) === dirname(file) && other !== file)
    const listed = resources.filter((resource) => resource.endsWith('.yaml'))
    expect([...listed].sort()).toEqual(beside.map((other) => basename(other)).sort())
    const { version } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    ) as { version: string }
    for (const { newTag } of images) expect(newTag).toBe(version)
  })
})

describe.each(byName)('the pods of %s', (_name, { pod, container }) => {
  it('run as nobody, on a root that they cannot write', () => {
    expect(member(pod, 'spec', 'automountServiceAccountToken')).toBe(false)
    expect(member(pod, 'spec', 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('ask for memory and processors, and are held to a limit of memory', () => {
    expect(member(container.resources, 'requests')).toEqual({
      cpu: expect.any(String),
      memory: expect.any(String),
    })
    expect(member(container.resources, 'limits', 'memory')).toEqual(expect.any(String))
  })

  it('run a command that there is, with flags that it has', async () => {
    const context = { terminal: recordingTerminal(), environment: {}, signal: new AbortController().signal }
    const program = await buildProgram(context, container.args)
    let command: Command = program
    for (const word of container.args.filter((arg) => /^[a-z]+$/.test(arg)))
      command = command.commands.find((candidate) => candidate.name() === word) ?? command
    expect(command).not.toBe(program)
    const flags = container.args.filter((arg) => arg.startsWith('--'))
    expect(flags.length).toBeGreaterThan(0)
    expect(command.options.map(({ long }) => long)).toEqual(expect.arrayContaining(flags))
  })

  it('are told settings that there are', () => {
    const known = ['SPLADE_BRIDGE_PARTITIONS', ...Object.values(SETTINGS).map(({ env }) => env)]
    expect(known).toEqual(expect.arrayContaining((container.env ?? []).map(({ name }) => name)))
  })
})

describe.each(byName.filter(([name]) => name.startsWith('Deployment')))('%s', (_name, workload) => {
  const { manifest, pod, container } = workload
  it('is asked whether it starts, is ready and lives, on a port that it has', () => {
    const ports = container.ports!.map(({ name }) => name)
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(ports).toContain(stringMember(container, probe, 'httpGet', 'port'))
  })

  it('selects its pods, and so do a service and a disruption budget', () => {
    const labels = member(pod, 'metadata', 'labels')
    expect(member(manifest, 'spec', 'selector', 'matchLabels')).toEqual(labels)
    const { name } = manifest.metadata as { name: string }
    const [, service] = ofKind('Service').find(([title]) => title === `Service ${name}`)!
    expect(member(service, 'spec', 'selector')).toEqual(labels)
    const [, budget] = ofKind('PodDisruptionBudget').find(([title]) => title.endsWith(name))!
    expect(member(budget, 'spec', 'selector', 'matchLabels')).toEqual(labels)
  })
})

describe('the index job', () => {
  const { manifest, container } = workloads.find(({ name }) => name === 'Job index')!

  it('has as many shares as pods', () => {
    const shares = container.env!.find(({ name }) => name === 'SPLADE_BRIDGE_PARTITIONS')?.value
    expect(String(numberMember(manifest, 'spec', 'completions'))).toBe(shares)
    expect(member(manifest, 'spec', 'completionMode')).toBe('Indexed')
  })
})

describe('the network policies', () => {
  const policies = ofKind('NetworkPolicy')
  const components = workloads.map(({ pod }) => labelOf(pod))

  it('close everything that no other opens', () => {
    const [, closed] = policies.find(([name]) => name === 'NetworkPolicy closed')!
    expect(closed.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  })

  it('speak of pods that there are', () => {
    const spoken = policies.flatMap(([, { spec }]) => componentsIn(spec))
    expect([...new Set(spoken)].sort()).toEqual([...new Set(components)].sort())
  })
})

function labelOf(pod: unknown): string {
  return stringMember(pod, 'metadata', 'labels', COMPONENT) ?? ''
}

/** Components that selectors anywhere in a policy name. */
function componentsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(componentsIn)
  if (!isObject(value)) return []
  if (value.key === COMPONENT) return value.values as readonly string[]
  const own = stringMember(value, COMPONENT)
  return own === undefined ? Object.values(value).flatMap(componentsIn) : [own]
}
