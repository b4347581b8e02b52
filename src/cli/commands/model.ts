import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { CATALOGUE } from '../../model/catalogue.js'
import { loadModel, type Model } from '../../model/load-model.js'
import { PRECISIONS, weightFile } from '../../model/precision.js'
import { type FidelityReport, readFidelityReport } from '../../model/quantize/fidelity-report.js'
import type { SmallPrecision } from '../../model/quantize/quantize-model.js'
import { ModelError } from '../../errors.js'
import type { CliContext } from '../context.js'
import { CACHED, type InstalledModel, LEXICAL_MODEL, listModels, resolveModel } from '../models.js'
import { formatTable } from '../table.js'
import { print } from '../terminal.js'
import { addModelFileCommands } from './model-files.js'
import { addQuantizeCommand, formatReport } from './model-quantize.js'

const LEXICAL_DESCRIPTION =
  'BM25 over words, word stems and character bigrams; no weights; Korean and English'

/** `splade-bridge model list|info|add|verify|remove|quantize`. */
export function defineModel(model: Command, context: CliContext): void {
  model.addHelpText(
    'after',
    '\nExamples:\n  $ splade-bridge model list\n  $ splade-bridge model info ko-en-mini',
  )
  model
    .command('list')
    .description('list the built-in encoder and the models that are installed')
    .option('--available', 'list known models that can be added instead')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge model list --json | jq -r .[].name\n  $ splade-bridge model list --available',
    )
    .action(async ({ json, available }: { json?: boolean; available?: boolean }) => {
      if (available === true) listCatalogue(context, json === true)
      else await list(context, json === true)
    })
  model
    .command('info')
    .description('check a model folder and describe it')
    .argument('<name|folder>', 'a model name from `model list`, or a folder')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge model info ko-en-mini\n  $ splade-bridge model info ./my-model',
    )
    .action((name: string, { json }: { json?: boolean }) => info(context, name, json === true))
  addModelFileCommands(model, context)
  addQuantizeCommand(model, context)
}

const PICKLED_HINT = 'save as safetensors first: docs/models.md'

function listCatalogue({ terminal }: CliContext, json: boolean): void {
  if (json) {
    print(terminal, JSON.stringify(CATALOGUE))
    return
  }
  const rows = CATALOGUE.map(({ id, licence, languages, architecture, parameters, size, notes, weights }) => [
    `splade-bridge model add ${id}`,
    licence,
    languages,
    [architecture, parameters, size].filter(Boolean).join(', '),
    weights === 'pytorch' ? `${notes}; ${PICKLED_HINT}` : notes,
  ])
  for (const line of formatTable(rows)) print(terminal, line)
}

async function list({ terminal }: CliContext, json: boolean): Promise<void> {
  const models = await Promise.all((await listModels()).map(toEntry))
  if (json) {
    print(terminal, JSON.stringify([{ name: LEXICAL_MODEL, origin: 'built in', kind: 'lexical' }, ...models]))
    return
  }
  const rows = models.map((entry) => [entry.name, entry.origin, describeEntry(entry)])
  for (const line of formatTable([[LEXICAL_MODEL, 'built in', LEXICAL_DESCRIPTION], ...rows]))
    print(terminal, line)
}

type ModelEntry = Pick<InstalledModel, 'name' | 'origin'> &
  (
    | {
        readonly kind: string
        readonly vocabularySize: number
        readonly isVocabularyOpen: boolean
        readonly fingerprint: string
      }
    | { readonly error: string }
  )

/** One folder that cannot be used must not hide the others. */
async function toEntry({ name, origin, directory }: InstalledModel): Promise<ModelEntry> {
  try {
    const model = await loadModel(directory, CACHED)
    const { kind, vocabularySize, fingerprint } = describe(model)
    const isVocabularyOpen = model.kind === 'gated-lexical'
    return { name, origin, kind, vocabularySize, isVocabularyOpen, fingerprint }
  } catch (error) {
    if (error instanceof ModelError) return { name, origin, error: error.message }
    throw error
  }
}

function describeEntry(entry: ModelEntry): string {
  if ('error' in entry) return `cannot be used: ${entry.error}`
  const { kind, vocabularySize, isVocabularyOpen, fingerprint } = entry
  const terms = isVocabularyOpen ? 'terms besides those of the text' : 'tokens'
  return `${kind}, ${vocabularySize.toLocaleString('en')} ${terms}, fingerprint ${fingerprint}`
}

async function info({ terminal }: CliContext, name: string, json: boolean): Promise<void> {
  if (name === LEXICAL_MODEL) {
    print(
      terminal,
      json ? JSON.stringify({ name, kind: 'lexical' }) : `${LEXICAL_MODEL}: ${LEXICAL_DESCRIPTION}`,
    )
    return
  }
  const folder = await resolveModel(name)
  const model = await loadModel(folder, CACHED)
  const description = describe(model)
  const smaller = await smallerPrecisions(folder, model)
  if (json) {
    print(terminal, JSON.stringify({ ...description, smaller }))
    return
  }
  const rows = Object.entries(description).map(([field, value]) => [
    field,
    typeof value === 'object' ? Object.values(value).join(', ') : String(value),
  ])
  for (const line of formatTable(rows)) print(terminal, line)
  for (const { precision, report } of smaller) {
    const lines =
      report === null ? [`${precision}: no report; model quantize --force makes one`] : formatReport(report)
    for (const line of lines) print(terminal, line)
  }
}

interface SmallerPrecision {
  readonly precision: SmallPrecision
  readonly fingerprint: string
  /** Null where there is none on these weights. */
  readonly report: FidelityReport | null
}

/**
 * The weights that `model quantize` made, with what is known of them.
 *
 * @param folder of the model, in which that of its weights may lie
 */
async function smallerPrecisions(folder: string, { directory }: Model): Promise<readonly SmallerPrecision[]> {
  const found: SmallerPrecision[] = []
  for (const precision of PRECISIONS) {
    if (precision === 'f32' || !existsSync(join(directory, weightFile(precision)))) continue
    const { fingerprint } = await loadModel(folder, { precision, ...CACHED })
    const report = (await readFidelityReport(directory, precision, fingerprint)) ?? null
    found.push({ precision, fingerprint, report })
  }
  return found
}

function describe(model: Model) {
  const { name, directory, fingerprint } = model
  switch (model.kind) {
    case 'masked-lm': {
      const { modelType, vocabularySize, maxTokens, pooling } = model
      return { name, directory, kind: modelType, vocabularySize, maxTokens, pooling, fingerprint }
    }
    case 'gated-lexical': {
      const { kind, terms, settings, precision } = model
      const { windowPieces, maxWindows } = settings.document
      const maxTokens = windowPieces * maxWindows
      return { name, directory, kind, vocabularySize: terms.length, maxTokens, precision, fingerprint }
    }
  }
}
