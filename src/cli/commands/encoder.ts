import type { Command } from 'commander'
import { createEncoderServer, type EncoderServer } from '../../encoder-server/encoder-server.js'
import { loadNeuralEncoder } from '../../encoder/load.js'
import { withQueryCache } from '../../encoder/query-cache.js'
import { planWorkers } from '../../inference/worker-plan.js'
import type { ModelBundle } from '../../model/bundle.js'
import { loadModel } from '../../model/load-model.js'
import type { Precision } from '../../model/precision.js'
import { loadTokenizer } from '../../tokenizer/load-tokenizer.js'
import { promptTokens } from '../../tokenizer/prompted-tokenizer.js'
import { type CliContext, readSettings, settingValue } from '../context.js'
import { UsageError } from '../exit.js'
import { deviceWarning, INFERENCE_SETTINGS, inferenceSettings } from '../inference-settings.js'
import { type ListenAddress, listenOn, listenOption } from '../listen-address.js'
import { CACHED, LEXICAL_MODEL, resolveModel } from '../models.js'
import { addSettings } from '../settings.js'
import { note, print } from '../terminal.js'
import { untilAborted } from '../until-aborted.js'
import { positiveNumber } from '../whole-number.js'

interface ServeFlags {
  readonly listen: ListenAddress
  readonly maxBatch?: number
  readonly json?: boolean
}

/** `splade-bridge encoder serve`: encoding on another machine, over text-embeddings-inference's API. */
export function defineEncoder(encoder: Command, context: CliContext): void {
  const serve = encoder
    .command('serve')
    .description(
      'answer POST /embed_sparse, GET /info and GET /health as text-embeddings-inference does, and ' +
        'POST /embed_features with vectors as the fields take them, for engines that call it',
    )
    .addOption(listenOption(8080))
    .option('--max-batch <texts>', 'most texts of one request (default: 32)', positiveNumber)
  addSettings(serve, ['model', ...INFERENCE_SETTINGS])
  serve
    .option('--json', 'print {"url","model","fingerprint"} once it listens')
    .addHelpText(
      'after',
      '\nWith SPLADE_BRIDGE_ENCODER_KEY set, callers must send it as a bearer token.\n\n' +
        'Examples:\n  $ splade-bridge encoder serve --model splade-tiny-en\n' +
        '  $ splade-bridge encoder serve --listen 0.0.0.0:8080 --model ./my-model\n' +
        '  $ splade-bridge index --model http://encoder.example.com:8080 docs.jsonl',
    )
    .action((flags: ServeFlags) => serveEncoder(context, flags, serve.optsWithGlobals()))
  encoder.addHelpText('after', '\nExample:\n  $ splade-bridge encoder serve --model splade-tiny-en')
}

async function serveEncoder(
  context: CliContext,
  flags: ServeFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const model = settingValue(settings, 'model')
  const { precision, threads, device } = inferenceSettings(settings)
  const bundle = await loadServable(model, precision)
  const { tokenizerFiles, prompts } = bundle
  const tokenizer = loadTokenizer(tokenizerFiles)
  // Clients know of no prompts, and cut their texts by what they are told.
  const maxTokens = bundle.maxTokens - promptTokens(tokenizer, [prompts.query, prompts.document])
  const neural = await loadNeuralEncoder(bundle, {
    // Clients are told of texts that are too long, and cut them themselves.
    longTexts: 'truncate',
    tokenizer,
    ...planWorkers('bulk', threads),
    ...(device && { device }),
    onDevice: deviceWarning(context.terminal),
  })
  // People ask the same again and again.
  const encoder = withQueryCache(neural)
  const apiKey = context.environment.SPLADE_BRIDGE_ENCODER_KEY
  const server = createEncoderServer({
    encoder,
    tokenizer,
    tokenizerFiles,
    maxTokens,
    ...(flags.maxBatch !== undefined && { maxBatchTexts: flags.maxBatch }),
    ...(apiKey !== undefined && apiKey !== '' && { apiKey }),
  })
  try {
    await serveUntilInterrupted(context, server, flags, encoder.identity)
  } finally {
    await server.close()
    await encoder.close()
  }
}

/** The API speaks of token ids, which only a vocabulary has. */
async function loadServable(model: string, precision: Precision | undefined): Promise<ModelBundle> {
  const loaded =
    model === LEXICAL_MODEL ? undefined : await loadModel(await resolveModel(model), { precision, ...CACHED })
  if (loaded?.kind === 'masked-lm') return loaded
  throw new UsageError(
    `the terms of ${model} are words, and this API has token ids: name a masked language model with --model`,
  )
}

async function serveUntilInterrupted(
  { terminal, signal }: CliContext,
  server: EncoderServer,
  { listen, json }: ServeFlags,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
): Promise<void> {
  const url = await listenOn(server, listen)
  if (json === true) print(terminal, JSON.stringify({ url, model: name, fingerprint }))
  else print(terminal, `${name} (fingerprint ${fingerprint}) is served at ${url}\npress Ctrl-C to stop`)
  await untilAborted(signal)
  note(terminal, 'stopping: answering what is in flight')
}
