import type { LongTextSettings } from '../encoder/long-texts.js'
import { LONG_TEXTS } from '../encoder/long-texts.js'
import { EngineError } from '../errors.js'
import { numberMember, stringMember } from './json.js'

/** The part of `_meta.splade_bridge` that says what became of long texts. */
export function toLongTextsJson({ longTexts, chunkTokens, chunkOverlap }: LongTextSettings): object {
  return {
    mode: longTexts,
    ...(Number.isFinite(chunkTokens) && { chunk_tokens: chunkTokens }),
    chunk_overlap: chunkOverlap,
  }
}

/**
 * @param meta the value of `_meta.splade_bridge`
 * @returns undefined for an encoder that reads texts of any length in its own way, and for older indices
 * @throws EngineError for a way that only a newer splade-bridge knows
 */
export function readLongTexts(index: string, meta: unknown): LongTextSettings | undefined {
  const mode = stringMember(meta, 'long_texts', 'mode')
  if (mode === undefined) return undefined
  const longTexts = LONG_TEXTS.find((known) => known === mode)
  if (longTexts === undefined) {
    throw new EngineError(
      `index "${index}" treats long texts as "${mode}"; this splade-bridge knows ${LONG_TEXTS.join(', ')}: ` +
        'update splade-bridge, or index into a new index',
      0,
    )
  }
  return {
    longTexts,
    chunkTokens: numberMember(meta, 'long_texts', 'chunk_tokens') ?? Infinity,
    chunkOverlap: numberMember(meta, 'long_texts', 'chunk_overlap') ?? 0,
  }
}

/**
 * Documents of one index are cut alike: chunks of one size score otherwise than chunks of another, and nested ones
 * are stored otherwise. An index that is older than the choice has no chunks.
 *
 * @throws EngineError naming both ways and the way out
 */
export function ensureSameLongTexts(
  index: string,
  recorded: LongTextSettings | undefined,
  wanted: LongTextSettings | undefined,
): void {
  const isNested = (settings: LongTextSettings | undefined): boolean => settings?.longTexts === 'nested'
  if (recorded === undefined || wanted === undefined) {
    if (isNested(recorded) === isNested(wanted)) return
  } else if (show(recorded) === show(wanted)) return
  throw new EngineError(
    `index "${index}" was created with ${show(recorded)}, but you are using ${show(wanted)}; ` +
      'leave --long-texts, --chunk-tokens and --chunk-overlap out to go on as before, or index into a new index',
    0,
  )
}

function show(settings: LongTextSettings | undefined): string {
  if (settings === undefined) return 'no way to treat long texts'
  const { longTexts, chunkTokens, chunkOverlap } = settings
  const overlap = chunkOverlap > 0 ? `, ${chunkOverlap} of them repeated` : ''
  return longTexts === 'truncate'
    ? `long texts truncated after ${chunkTokens} tokens`
    : `long texts ${longTexts === 'merge' ? 'merged' : 'nested'} from chunks of ${chunkTokens} tokens${overlap}`
}
