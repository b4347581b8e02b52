import type { Command } from 'commander'
import {
  type Distribution,
  type IndexProfile,
  profileIndex,
  type TokenProfile,
} from '../../search/index-profile.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { countOf } from '../plural.js'
import { percent } from '../render-hits.js'
import { addSettings } from '../settings.js'
import { formatTable } from '../table.js'
import { print, type Terminal } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'

interface InspectFlags {
  readonly sample: number
  readonly top: number
  readonly json?: boolean
}

const BAR_CELLS = 30

/** `splade-bridge inspect`: what an index holds. */
export function defineInspect(command: Command, context: CliContext): void {
  addSettings(command, ['url', 'index', 'username', 'caFile'])
  command
    .option('--sample <documents>', 'documents whose vectors are read, by chance', wholeNumber, 1000)
    .option('--top <n>', 'tokens to list', wholeNumber, 20)
    .option(
      '--json',
      'print {"index","documents","withVectors","models","activeTokens","tokenCount","sample",…}',
    )
    .addHelpText(
      'after',
      '\nCounts and histograms are those of all documents; tokens are those of a sample.\n\n' +
        'Examples:\n  $ splade-bridge inspect\n  $ splade-bridge inspect --index docs --sample 10000 --top 50\n' +
        "  $ splade-bridge inspect --json | jq '.sample.frequent[].token'",
    )
    .action((flags: InspectFlags) => inspect(context, flags, command.optsWithGlobals()))
}

async function inspect(
  context: CliContext,
  flags: InspectFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const profile = await profileIndex(client, { index, sampleDocuments: flags.sample, topTokens: flags.top })
    const { meta, ...rest } = profile
    if (flags.json === true) {
      const { encoder, field, fieldType } = meta
      print(context.terminal, JSON.stringify({ index, model: encoder, field, fieldType, ...rest }))
    } else printProfile(context.terminal, index, profile)
  } finally {
    await client.close()
  }
}

function printProfile(terminal: Terminal, index: string, profile: IndexProfile): void {
  const { meta, documents, withVectors, models, truncated, chunked, activeTokens, tokenCount, sample } =
    profile
  const { paint } = terminal
  const { name, fingerprint } = meta.encoder
  print(
    terminal,
    `${paint.bold(index)}: ${countOf(documents, 'document')}, ${withVectors} with vectors in ${meta.fieldType} field ${meta.field}`,
  )
  print(
    terminal,
    `model ${name} (fingerprint ${fingerprint}); ${truncated} truncated, ${chunked} in several chunks`,
  )
  const foreign = models.filter((model) => model.fingerprint !== fingerprint)
  for (const model of foreign)
    print(
      terminal,
      paint.yellow(
        `${countOf(model.documents, 'document')} by another model, fingerprint ${model.fingerprint}: their scores mean nothing`,
      ),
    )
  if (activeTokens) printDistribution(terminal, 'active tokens of a document', activeTokens)
  if (tokenCount) printDistribution(terminal, 'tokens of a text', tokenCount)
  if (sample.documents === 0) return
  print(
    terminal,
    `\n${countOf(sample.tokens, 'token')} in ${countOf(sample.documents, 'sampled document')}, ${percent(sample.rare / Math.max(1, sample.tokens))} of them in one only`,
  )
  printTokens(terminal, 'in most documents', sample.frequent, sample.documents)
  printTokens(terminal, 'heaviest', sample.heavy, sample.documents)
}

function printDistribution(terminal: Terminal, title: string, distribution: Distribution): void {
  const { min, max, mean, median, p95, histogram } = distribution
  const { paint } = terminal
  print(
    terminal,
    `\n${paint.bold(title)}: mean ${mean.toFixed(1)}, median ${median.toFixed(0)}, 95 % below ${p95.toFixed(0)}, from ${min} to ${max}`,
  )
  const most = Math.max(...histogram.map(({ documents }) => documents), 1)
  const rows = histogram.map(({ from, documents }) => [
    String(from),
    String(documents),
    '█'.repeat(Math.ceil((documents / most) * BAR_CELLS)),
  ])
  for (const line of formatTable(rows, [0, 1])) print(terminal, `  ${line}`)
}

function printTokens(
  terminal: Terminal,
  title: string,
  tokens: readonly TokenProfile[],
  documents: number,
): void {
  const { paint } = terminal
  print(terminal, `\n${paint.bold(title)}`)
  const rows = tokens.map(({ token, documents: having, meanWeight }) => [
    paint.yellow(token),
    percent(having / documents),
    paint.dim(`mean weight ${meanWeight.toFixed(2)}`),
  ])
  for (const line of formatTable(rows, [1])) print(terminal, `  ${line}`)
}
