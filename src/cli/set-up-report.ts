import { createTwoFilesPatch } from 'diff'
import { normalForm, type ResourceChange } from '../engine/engine-resource.js'
import { isObject, type JsonObject } from '../engine/json.js'
import type { SetupOptions, SetupPlan, SetupTarget } from '../engine/set-up.js'
import { print, type Terminal } from './terminal.js'

const WORDS = { create: 'created', update: 'updated', keep: 'kept' } as const

/** How the result is shown. */
export interface ReportFlags {
  /** Nothing was changed: show what would be. */
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Says what was set up, or with `dryRun` what would be. */
export function reportSetup(
  terminal: Terminal,
  plan: SetupPlan,
  options: Pick<SetupOptions, 'target'>,
  { dryRun = false, json = false }: ReportFlags,
): void {
  if (json) print(terminal, JSON.stringify(setupJson(plan, options, dryRun)))
  else if (dryRun) terminal.out.write(showDifferences(plan.changes) || 'nothing would change\n')
  else for (const line of setupLines(plan)) print(terminal, line)
}

function setupJson(
  { changes, meta }: SetupPlan,
  { target }: Pick<SetupOptions, 'target'>,
  dryRun: boolean,
): object {
  const { encoder, field, fieldType } = meta
  const summary = { model: encoder.name, fingerprint: encoder.fingerprint, field, fieldType }
  const result = { ...targetJson(target, changes), ...summary }
  if (target.kind === 'index' && changes.length === 1 && !dryRun) return result
  const shown = changes.map(({ resource, action }) => ({ kind: resource.kind, name: resource.name, action }))
  return { ...result, changes: shown, dryRun }
}

function targetJson(target: SetupTarget, changes: readonly ResourceChange[]): object {
  switch (target.kind) {
    case 'index': {
      const created = changes.some(({ resource, action }) => resource.kind === 'index' && action === 'create')
      return { index: target.name, created }
    }
    case 'template':
      return { indexTemplate: target.pattern }
    case 'data stream':
      return { dataStream: target.name }
  }
}

/** One line a change; the last, of the index or of what indices are made from, says for which model. */
function setupLines({ changes, meta }: SetupPlan): readonly string[] {
  const { name, fingerprint } = meta.encoder
  const model = ` for model ${name} (fingerprint ${fingerprint}), ${meta.fieldType} field ${meta.field}`
  return changes.map(({ resource, action }, position) => {
    const isLast = position === changes.length - 1
    return `${WORDS[action]} ${resource.kind} ${resource.name}${isLast ? model : ''}`
  })
}

/**
 * What would change, as a unified diff of the JSON that the engine has and would have; empty where nothing would.
 * A file's name is the kind and the name of what it describes.
 */
export function showDifferences(changes: readonly ResourceChange[]): string {
  return changes
    .filter(({ action }) => action !== 'keep')
    .map(showDifference)
    .join('')
}

function showDifference({ resource, existing, action }: ResourceChange): string {
  const name = `${resource.kind.replace(' ', '-')}/${resource.name}`
  const before = action === 'create' && existing === undefined ? '' : show(existing ?? {})
  const patch = createTwoFilesPatch(
    before === '' ? '/dev/null' : `engine/${name}`,
    `splade-bridge/${name}`,
    before,
    show(resource.body),
  )
  // The first line is a rule of equal signs, which `patch` skips and people need not see.
  return patch.slice(patch.indexOf('\n') + 1)
}

function show(body: JsonObject): string {
  return `${JSON.stringify(readable(normalForm(body)), undefined, 2)}\n`
}

/** Members in order, since engines have none; texts of several lines, such as scripts, line by line. */
function readable(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\n')) return value.split('\n')
  if (Array.isArray(value)) return value.map(readable)
  if (!isObject(value)) return value
  const members = Object.entries(value).map(([name, inner]): [string, unknown] => [name, readable(inner)])
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}
