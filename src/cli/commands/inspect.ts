import type { Command } from 'commander'
import type { EngineClient } from '../../engine/client.js'
import { readIndexMeta } from '../../engine/index-meta.js'
import { type IndexProfile, profileIndex } from '../../search/index-profile.js'
import { DEFAULT_COMMON_SHARE, DEFAULT_WEAK_RATIO } from '../../search/sample-tokens.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { readableTokens } from '../readable-tokens.js'
import { printProfile } from '../render-profile.js'
import { addSettings, type Settings } from '../settings.js'
import { share, timeSpan } from '../span-flags.js'
import { print } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'

interface InspectFlags {
  readonly sample: number
  readonly top: number
  readonly weakRatio: number
  readonly commonShare: number
  /** Milliseconds before now. */
  readonly since?: number
  readonly json?: boolean
}

/** `splade-bridge inspect`: what an index holds. */
export function defineInspect(command: Command, context: CliContext): void {
  addSettings(command, ['url', 'index', 'model', 'username', 'caFile'])
  command
    .option('--sample <documents>', 'documents whose vectors are read, by chance', wholeNumber, 1000)
    .option('--top <n>', 'tokens to list', wholeNumber, 20)
    .option(
      '--weak-ratio <0-1>',
      'weak are tokens that nowhere weigh this part of the heaviest token of their document',
      share,
      DEFAULT_WEAK_RATIO,
    )
    .option(
      '--common-share <0-1>',
      'common are tokens that this part of the documents has',
      share,
      DEFAULT_COMMON_SHARE,
    )
    .option(
      '--since <span>',
      'recorded searches that count, for example 30d, 12h or 90m back (default: all)',
      timeSpan,
    )
    .option(
      '--json',
      'print {"index","documents","withVectors","models","activeTokens","tokenCount","sample","queries",…}',
    )
    .addHelpText(
      'after',
      '\nCounts and histograms are those of all documents; tokens are those of a sample. Tokens that were never queried\n' +
        'are known where searches are recorded: search --telemetry hashed, proxy --telemetry hashed.\n\n' +
        'Examples:\n  $ splade-bridge inspect\n  $ splade-bridge inspect --index docs --sample 10000 --top 50 --since 30d\n' +
        "  $ splade-bridge inspect --json | jq '.queries.never.top[].token'",
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
    const profile = await readProfile(client, settings, index, flags)
    const { meta, ...rest } = profile
    if (flags.json === true) {
      const { encoder, field, fieldType } = meta
      print(context.terminal, JSON.stringify({ index, model: encoder, field, fieldType, ...rest }))
    } else printProfile(context.terminal, index, profile)
  } finally {
    await client.close()
  }
}

async function readProfile(
  client: EngineClient,
  settings: Settings,
  index: string,
  { sample, top, weakRatio, commonShare, since }: InspectFlags,
): Promise<IndexProfile> {
  const meta = await readIndexMeta(client, index)
  const readable = meta && (await readableTokens(settings, meta))
  const profile = await profileIndex(client, {
    index,
    ...(meta && { meta }),
    sampleDocuments: sample,
    topTokens: top,
    weakRatio,
    commonShare,
    ...(readable && { readable }),
    ...(since !== undefined && { queriesSince: new Date(Date.now() - since) }),
  })
  const { never, ...queries } = profile.queries
  if (readable !== undefined || never === undefined) return profile
  const { name } = profile.meta.encoder
  const unknown = `telemetry has tokens as people read them, and model ${name} is not installed here to tell; name its folder with --model`
  return { ...profile, queries: { ...queries, unknown } }
}
