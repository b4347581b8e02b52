import { addAbortSignal } from 'node:stream'
import { Argument, type Command } from 'commander'
import type { Encoder, Encoding } from '../../encoder/encoder.js'
import { locateIn } from '../../encoder/located-text.js'
import { readableIn } from '../../encoder/readable-in.js'
import { streamInput } from '../../indexer/readers/input.js'
import { decodeUtf8, DEFAULT_MAX_RECORD_BYTES, splitLines } from '../../indexer/readers/lines.js'
import { firstUnits } from '../../search/hit-title.js'
import { type CliContext, readSettings, settingValue } from '../context.js'
import { encoderSettings, openEncoder } from '../encoders.js'
import { UsageError } from '../exit.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { encodingToJson } from '../json.js'
import { addLongTextFlags, type LongTextFlags, longTextOptions } from '../long-text-flags.js'
import { countOf } from '../plural.js'
import { addSettings } from '../settings.js'
import { formatTable } from '../table.js'
import { print, type Terminal } from '../terminal.js'
import { addCounts, countTexts, NO_TEXTS, type TextCounts, warnAboutTexts } from '../warnings.js'
import { wholeNumber } from '../whole-number.js'

interface EncodeFlags extends LongTextFlags {
  readonly query?: boolean
  readonly document?: boolean
  readonly top?: number
  readonly json?: boolean
}

/** Texts encoded together; more would only delay the first output. */
const BATCH = 64
const BAR_CELLS = 24
/** Characters of a text that head its tokens. */
const SHOWN_CHARACTERS = 300
const DEFAULT_TOP = 20

/** `splade-bridge encode`: what a text looks like to the index. */
export function defineEncode(command: Command, context: CliContext): void {
  command
    .addArgument(new Argument('[text...]', 'texts; without any, the lines of standard input'))
    .option('--document', 'encode as a document (default)')
    .option('--query', 'encode as a query')
    .option(
      '--top <n>',
      `show the n heaviest tokens (default: ${DEFAULT_TOP}; with --json: all)`,
      wholeNumber,
    )
    .option(
      '--json',
      'one JSON object a text: {"text","activeTokens","tokens":{token:weight}}; nested ones with "chunks"',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge encode "my car won\'t start"\n' +
        '  $ splade-bridge encode --query --model bm25 "대한민국의 수도는 어디인가요?"\n' +
        '  $ cat texts.txt | splade-bridge encode --json | jq .activeTokens',
    )
  addLongTextFlags(command)
  addSettings(command, ['model', 'tokenizer', ...INFERENCE_SETTINGS])
  command.action((texts: string[], flags: EncodeFlags) =>
    encode(context, texts, flags, command.optsWithGlobals()),
  )
}

async function encode(
  context: CliContext,
  texts: readonly string[],
  flags: EncodeFlags,
  all: Record<string, unknown>,
): Promise<void> {
  if (flags.query === true && flags.document === true)
    throw new UsageError('--query and --document exclude each other')
  const settings = await readSettings(context, all)
  const inputs = texts.length > 0 ? texts : await readLines(context.signal)
  const encoder = await openEncoder(settingValue(settings, 'model'), {
    ...encoderSettings(settings),
    longTexts: longTextOptions(flags),
    onDevice: deviceWarning(context.terminal),
  })
  let counts = NO_TEXTS
  try {
    for (let start = 0; start < inputs.length; start += BATCH) {
      context.signal.throwIfAborted()
      const batch = inputs.slice(start, start + BATCH)
      counts = addCounts(counts, await encodeBatch(context.terminal, encoder, batch, flags))
    }
  } finally {
    await encoder.close()
  }
  warnAboutTexts(context.terminal, encoder.identity.name, 'text', counts)
}

/**
 * The lines of standard input that are not empty.
 *
 * @throws InputError naming the line that is not UTF-8: what is shown has to be what was given
 */
async function readLines(signal: AbortSignal): Promise<readonly string[]> {
  const { name, bytes } = streamInput(addAbortSignal(signal, process.stdin))
  const texts: string[] = []
  for await (const { bytes: raw, line } of splitLines({ name, bytes }, DEFAULT_MAX_RECORD_BYTES)) {
    const text = decodeUtf8(raw, name, line, 'convert the text first').replace(/\r$/, '')
    if (text !== '') texts.push(text)
  }
  return texts
}

async function encodeBatch(
  terminal: Terminal,
  encoder: Encoder,
  texts: readonly string[],
  flags: EncodeFlags,
): Promise<TextCounts> {
  const encodings = await (flags.query === true
    ? encoder.encodeQueries(texts)
    : encoder.encodeDocuments(texts))
  encodings.forEach((encoding, index) => {
    const text = texts[index] ?? ''
    if (flags.json === true) print(terminal, encodingToJson(text, encoding, flags.top ?? Infinity))
    else printVector(terminal, text, readableVector(encoder, text, encoding), flags.top ?? DEFAULT_TOP)
  })
  return countTexts(encodings)
}

/** Pairs, since two tokens may read alike. */
function readableVector(
  encoder: Encoder,
  text: string,
  { vector }: Encoding,
): readonly (readonly [string, number])[] {
  const located = locateIn(encoder, text)
  return Array.from(vector, ([token, weight]) => [readableIn(encoder.readable, token, located), weight])
}

/** As much of a text as tells which one it is. */
function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${firstUnits(text, SHOWN_CHARACTERS)}…` : text
}

function printVector(
  terminal: Terminal,
  text: string,
  terms: readonly (readonly [string, number])[],
  top: number,
): void {
  const { paint } = terminal
  print(terminal, text.trim() === '' ? paint.dim('(empty text)') : paint.bold(shorten(text)))
  if (terms.length === 0) print(terminal, '  no active tokens: this text can match nothing')
  const [[, heaviest] = ['', 1]] = terms
  const rows = terms
    .slice(0, top)
    .map(([token, weight]) => [
      `  ${token}`,
      weight.toFixed(3),
      paint.cyan('█'.repeat(Math.max(1, Math.round((weight / heaviest) * BAR_CELLS)))),
    ])
  for (const line of formatTable(rows, [1])) print(terminal, line)
  if (terms.length > top)
    print(terminal, paint.dim(`  … and ${countOf(terms.length - top, 'lighter token')}`))
  print(terminal)
}
