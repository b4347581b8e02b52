import { access, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { FRAGMENTED, type Encoder } from '../../encoder/encoder.js'
import { compareEncoders, type Fidelity } from '../../encoder/fidelity.js'
import { loadNeuralEncoder } from '../../encoder/load.js'
import { readCorpus } from '../../evaluate/beir.js'
import { runExactly } from '../../evaluate/exact-run.js'
import { evaluateRun } from '../../evaluate/report.js'
import { planWorkers } from '../../inference/worker-plan.js'
import { loadModelBundle, type ModelBundle } from '../../model/bundle.js'
import { PRECISIONS, weightFile } from '../../model/precision.js'
import { type FidelityReport, writeFidelityReport } from '../../model/quantize/fidelity-report.js'
import { quantizeModel, type SmallPrecision } from '../../model/quantize/quantize-model.js'
import { loadTokenizer } from '../../tokenizer/load-tokenizer.js'
import { createByteProgress, formatBytes } from '../byte-progress.js'
import type { CliContext } from '../context.js'
import { UsageError } from '../exit.js'
import { readJudgedQueries } from '../judged-queries.js'
import { isRemoteModel, LEXICAL_MODEL, resolveModel } from '../models.js'
import { packageRoot } from '../paths.js'
import { createProgress } from '../progress.js'
import { formatTable } from '../table.js'
import { note, print } from '../terminal.js'

interface QuantizeFlags {
  readonly precision: SmallPrecision
  readonly dataset?: string
  readonly texts?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** Texts of a data set that are compared one by one; enough for a mean, few enough not to wait long. */
const SAMPLE = 200

/** Documents of a ranking; NDCG@10 looks no further. */
const DEPTH = 10

/** Adds `splade-bridge model quantize`. */
export function addQuantizeCommand(model: Command, context: CliContext): void {
  model
    .command('quantize')
    .description('write the weights in a smaller precision, and say how close they are to f32')
    .argument('<name|folder>', 'a model name from `model list`, or a folder')
    .addOption(
      new Option('--precision <precision>', 'int8 is the fastest')
        .choices(PRECISIONS.filter((precision) => precision !== 'f32'))
        .makeOptionMandatory(),
    )
    .option('--dataset <folder>', 'folder in BEIR layout: also compare NDCG@10 on it')
    .option(
      '--texts <file>',
      'compare on these texts, one a line (default: of the data set, or the examples)',
    )
    .option('--force', 'replace weights that are there already')
    .option('--json', 'print the report as a JSON object')
    .addHelpText(
      'after',
      '\nThe file lies beside the others of the model; --precision of the other commands uses it. The report is kept\n' +
        'beside it, and "model info" shows it. The default stays f32.\n\n' +
        'Examples:\n  $ splade-bridge model quantize ./my-model --precision int8\n' +
        '  $ splade-bridge model quantize splade-tiny-en --precision int8-block --dataset examples/en',
    )
    .action((name: string, flags: QuantizeFlags) => quantize(context, name, flags))
}

async function quantize(context: CliContext, name: string, flags: QuantizeFlags): Promise<void> {
  const { precision, dataset } = flags
  if (name === LEXICAL_MODEL || isRemoteModel(name))
    throw new UsageError(`${name} has no weights here; name a model with a folder`)
  const folder = await resolveModel(name)
  const original = await loadModelBundle(folder)
  await refuseExisting(original, flags)
  await writeWeights(context, folder, flags)
  const quantized = await loadModelBundle(folder, { precision })
  const texts = await readTexts(flags, original)
  const options = planWorkers('single')
  const encoders = [
    await loadNeuralEncoder(original, options),
    await loadNeuralEncoder(quantized, options),
  ] as const
  try {
    note(context.terminal, `comparing ${texts.length} texts in f32 and ${precision}`)
    const fidelity = await compareEncoders(...encoders, texts)
    context.signal.throwIfAborted()
    const retrieval = dataset === undefined ? undefined : await compareRetrieval(context, encoders, dataset)
    const report = describe(original, quantized, flags, fidelity, retrieval)
    await writeFidelityReport(original.directory, report)
    print(context.terminal, flags.json === true ? JSON.stringify(report) : formatReport(report).join('\n'))
  } finally {
    for (const encoder of encoders) await encoder.close()
  }
}

async function refuseExisting(
  { directory }: ModelBundle,
  { precision, force }: QuantizeFlags,
): Promise<void> {
  const path = join(directory, weightFile(precision))
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (exists && force !== true) throw new UsageError(`${path} is there already; --force writes it again`)
}

async function writeWeights(
  { terminal, signal }: CliContext,
  folder: string,
  { precision, force }: QuantizeFlags,
): Promise<void> {
  const progress = createByteProgress(terminal)
  try {
    const { path, byteLength, originalByteLength } = await quantizeModel(folder, precision, {
      replace: force,
      signal,
      onProgress: (bytes, totalBytes) => {
        progress.update(weightFile(precision), bytes, totalBytes)
      },
    })
    progress.end()
    note(terminal, `wrote ${path}: ${formatBytes(byteLength)}, f32 has ${formatBytes(originalByteLength)}`)
  } finally {
    progress.end()
  }
}

/** Only texts that the vocabulary knows: how close two vectors of unknown tokens are says nothing. */
async function readTexts({ texts, dataset }: QuantizeFlags, bundle: ModelBundle): Promise<readonly string[]> {
  const found = texts === undefined ? await sampleOf(dataset) : await readLines(texts)
  const tokenizer = loadTokenizer(bundle.tokenizerFiles)
  const known = found.filter((text) => tokenizer.fragmentation(tokenizer.tokenize(text)) <= FRAGMENTED)
  const chosen = known.length > 0 ? known : found
  if (chosen.length === 0) throw new UsageError(`${texts ?? dataset ?? 'examples'} holds no text`)
  return chosen
}

async function sampleOf(dataset: string | undefined): Promise<readonly string[]> {
  const folders =
    dataset === undefined ? ['en', 'ko'].map((lang) => join(packageRoot, 'examples', lang)) : [dataset]
  const texts: string[] = []
  for (const folder of folders) {
    for await (const { title, text } of readCorpus(folder)) {
      if (texts.length >= SAMPLE) break
      texts.push([title, text].filter((part) => part !== '').join(' '))
    }
  }
  return texts
}

async function readLines(file: string): Promise<readonly string[]> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(
      `--texts ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
    )
  })
  return content.split(/\r?\n/).filter((line) => line.trim() !== '')
}

async function compareRetrieval(
  { terminal, signal }: CliContext,
  [original, quantized]: readonly [Encoder, Encoder],
  dataset: string,
): Promise<NonNullable<FidelityReport['retrieval']>> {
  const { queries, qrels } = await readJudgedQueries(terminal, dataset)
  const measure = async (encoder: Encoder, label: string): Promise<number> => {
    const progress = createProgress(terminal, label)
    try {
      const onProgress = (documents: number): void => {
        progress.update(documents, undefined)
      }
      const run = await runExactly(encoder, { dataset, queries, size: DEPTH, signal, onProgress })
      return evaluateRun(run, qrels)['ndcg@10']
    } finally {
      progress.end()
    }
  }
  const f32 = await measure(original, 'encoding in f32')
  const small = await measure(quantized, 'encoding in the smaller precision')
  return { dataset: basename(resolve(dataset)), queries: queries.length, ndcg10: { f32, quantized: small } }
}

function describe(
  original: ModelBundle,
  quantized: ModelBundle,
  { precision, dataset, texts }: QuantizeFlags,
  fidelity: Fidelity,
  retrieval: FidelityReport['retrieval'],
): FidelityReport {
  return {
    precision,
    fingerprints: { f32: original.fingerprint, quantized: quantized.fingerprint },
    madeAt: new Date().toISOString(),
    source: basename(texts ?? dataset ?? 'examples'),
    ...fidelity,
    ...(retrieval && { retrieval }),
  }
}

/** Lines for people. */
export function formatReport(report: FidelityReport): readonly string[] {
  const { precision, source, texts, retrieval } = report
  const rows = [
    ['cosine with f32', `mean ${report.meanCosine.toFixed(4)}`, `worst ${report.worstCosine.toFixed(4)}`],
    [
      'shared of 64 heaviest tokens',
      `mean ${percent(report.meanOverlap)}`,
      `worst ${percent(report.worstOverlap)}`,
    ],
  ]
  if (retrieval !== undefined) {
    const { f32, quantized } = retrieval.ndcg10
    const change = quantized - f32
    rows.push([
      `NDCG@10 on ${retrieval.dataset}`,
      `${quantized.toFixed(4)}, f32 ${f32.toFixed(4)}`,
      `${change < 0 ? '' : '+'}${change.toFixed(4)}`,
    ])
  }
  return [
    `${precision} against f32, ${texts} texts of ${source}`,
    ...formatTable(rows).map((line) => `  ${line}`),
  ]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
