import { stat } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { ConfigurationError } from '../../errors.js'
import type { AddOptions } from '../../model/hub/add-model.js'
import type { AddedModel } from '../../model/hub/staging.js'
import { createByteProgress, formatBytes } from '../byte-progress.js'
import type { CliContext } from '../context.js'
import { UsageError } from '../exit.js'
import { LEXICAL_MODEL, listModels, resolveModel } from '../models.js'
import { userPaths } from '../paths.js'
import { countOf } from '../plural.js'
import { note, print } from '../terminal.js'

interface AddFlags {
  readonly revision?: string
  readonly name?: string
  readonly endpoint?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** `splade-bridge model add|verify|remove`. */
export function addModelFileCommands(model: Command, context: CliContext): void {
  model
    .command('add')
    .description('download a model from the Hugging Face Hub, or copy a model folder')
    .argument('<hub id|folder>', 'for example telepix/PIXIE-Splade-Preview, or ./my-model')
    .option('--revision <revision>', 'branch, tag or commit of the repository (default: main)')
    .option('--name <name>', 'name of the model here (default: the last part of the id or folder)')
    .option('--endpoint <url>', 'address of the hub or of a mirror (env: HF_ENDPOINT)')
    .option('--force', 'replace an added model of that name')
    .option('--json', 'print a JSON object')
    .addHelpText('after', ADD_HELP)
    .action((source: string, flags: AddFlags) => add(context, source, flags))
  model
    .command('verify')
    .description('compare the files of a model with their recorded checksums, and load it')
    .argument('<name|folder>', 'a model name from `model list`, or a folder')
    .option('--json', 'print a JSON object')
    .addHelpText('after', '\nExample:\n  $ splade-bridge model verify ko-en-mini')
    .action((name: string, { json }: { json?: boolean }) => verify(context, name, json === true))
  model
    .command('remove')
    .description('remove a model that was added, or what an interrupted download left of it')
    .argument('<name>', 'a model name from `model list`')
    .option('--json', 'print a JSON object')
    .addHelpText('after', '\nExample:\n  $ splade-bridge model remove PIXIE-Splade-Preview')
    .action((name: string, { json }: { json?: boolean }) => remove(context, name, json === true))
}

const ADD_HELP = `
An interrupted download goes on where it stopped when the same command runs again. HF_TOKEN is the access token for
gated and private models.

Examples:
  $ splade-bridge model add telepix/PIXIE-Splade-Preview
  $ splade-bridge model add ibm-granite/granite-embedding-30m-sparse --revision main --name granite
  $ splade-bridge model add ./my-model`

async function add(context: CliContext, source: string, flags: AddFlags): Promise<void> {
  const { terminal } = context
  const isFolder = await meansFolder(source)
  if (!isFolder) requireHubId(source)
  const name = flags.name ?? basename(isFolder ? resolve(source) : source)
  await requireOwnName(name)
  const progress = createByteProgress(terminal)
  const options: AddOptions = {
    modelsFolder: userPaths.models,
    name,
    replace: flags.force,
    onProgress: ({ file, bytes, totalBytes }) => {
      progress.update(file, bytes, totalBytes)
    },
  }
  try {
    const added = isFolder
      ? await copyFolder(source, flags, options)
      : await download(context, source, flags, options)
    progress.end()
    report(context, added, flags.json === true)
  } finally {
    progress.end()
  }
}

async function download(
  { terminal, environment, signal }: CliContext,
  id: string,
  { revision, endpoint }: AddFlags,
  options: AddOptions,
): Promise<AddedModel> {
  // Loaded at need: the hub's client is large, and all other commands do without it.
  const { addModelFromHub } = await import('../../model/hub/add-model.js')
  note(terminal, `downloading ${id} into ${join(options.modelsFolder, options.name)}`)
  return addModelFromHub(id, {
    ...options,
    revision,
    endpoint: endpoint ?? blankToUndefined(environment.HF_ENDPOINT),
    token: blankToUndefined(environment.HF_TOKEN?.trim()),
    signal,
  })
}

async function copyFolder(
  folder: string,
  { revision, endpoint }: AddFlags,
  options: AddOptions,
): Promise<AddedModel> {
  if (revision !== undefined || endpoint !== undefined)
    throw new UsageError(`--revision and --endpoint are for downloads; ${folder} is a folder`)
  const { addModelFromFolder } = await import('../../model/hub/add-model.js')
  return addModelFromFolder(folder, options)
}

function report({ terminal }: CliContext, added: AddedModel, json: boolean): void {
  const { name, directory, fingerprint, manifest } = added
  const { source, revision, commit, files } = manifest
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
  const count = Object.keys(files).length
  if (json) {
    print(
      terminal,
      JSON.stringify({ name, directory, fingerprint, source, revision, commit, files: count, bytes }),
    )
    return
  }
  print(
    terminal,
    `added ${name} (${countOf(count, 'file')}, ${formatBytes(bytes)}), fingerprint ${fingerprint}`,
  )
  print(terminal, `try it: splade-bridge encode --model ${name} "a text"`)
}

async function verify({ terminal }: CliContext, name: string, json: boolean): Promise<void> {
  if (name === LEXICAL_MODEL) throw new UsageError(`${LEXICAL_MODEL} is built in and has no files`)
  const { verifyModel } = await import('../../model/hub/verify-model.js')
  const directory = await resolveModel(name)
  const { fingerprint, files, statedIn } = await verifyModel(directory)
  print(
    terminal,
    json
      ? JSON.stringify({ name, directory, files, statedIn, fingerprint })
      : `${name}: ${countOf(files, 'file')} as in ${statedIn}, fingerprint ${fingerprint}`,
  )
}

async function remove({ terminal }: CliContext, name: string, json: boolean): Promise<void> {
  const { discardUnfinished, removeModel, requireModelName } = await import('../../model/hub/staging.js')
  requireModelName(name)
  const models = await listModels()
  const added = models.filter(({ origin }) => origin === 'added').map((model) => model.name)
  const finished = added.includes(name)
  if (!finished && !(await discardUnfinished(userPaths.models, name))) {
    const isOwn = name === LEXICAL_MODEL || models.some((model) => model.name === name)
    throw new ConfigurationError(
      'name',
      isOwn
        ? 'belongs to splade-bridge itself and cannot be removed'
        : `must be a model that was added${added.length === 0 ? ' (there is none)' : `: ${added.join(', ')}`}`,
      name,
    )
  }
  if (finished) await removeModel(userPaths.models, name)
  const what = finished ? name : `the unfinished download of ${name}`
  print(terminal, json ? JSON.stringify({ removed: name }) : `removed ${what}`)
}

/** A path by its looks, or a folder that is there; all else is an id on the hub. */
async function meansFolder(source: string): Promise<boolean> {
  if (isAbsolute(source) || source.startsWith('.') || source.includes('\\')) return true
  return stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function requireHubId(id: string): void {
  if (!/^[\w][\w.-]*(\/[\w][\w.-]*)?$/.test(id))
    throw new ConfigurationError('model', 'must be an id such as naver/splade-v3, or a folder', id)
}

/** The package's own models come first in every look-up, so such a name could never be reached. */
async function requireOwnName(name: string): Promise<void> {
  const bundled = (await listModels()).filter(({ origin }) => origin === 'bundled')
  if (name === LEXICAL_MODEL || bundled.some((model) => model.name === name))
    throw new ConfigurationError('name', 'belongs to splade-bridge itself: give another with --name', name)
}

function blankToUndefined(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
