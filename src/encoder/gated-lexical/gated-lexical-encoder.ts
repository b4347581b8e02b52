import { EncodingError, ModelError } from '../../errors.js'
import type { GatedLexicalSession, WindowReading } from '../../inference/gated-lexical-session.js'
import type { GatedLexicalModel } from '../../model/gated-lexical/gated-lexical-model.js'
import type { Side } from '../../model/gated-lexical/head-settings.js'
import type { SparseVector, TokenSpans } from '../../sparse-vector.js'
import type { TextTokenizer } from '../../tokenizer/text-tokenizer.js'
import type { Encoder, EncoderIdentity, Encoding } from '../encoder.js'
import { analyse, ANALYSIS_VERSION, locateTerms } from '../lexical/analysis.js'
import { WORD_AND_BIGRAM_RULES } from '../lexical/word-and-bigrams.js'
import { normalizePruneOptions, prune, type PruneOptions } from '../pruning.js'
import { RunQueue } from '../run-queue.js'
import { alignOccurrences, type Occurrence } from './align-occurrences.js'
import { cutWindows, limitPieces, ownPieces } from './cut-windows.js'
import { documentLimit, keepHeaviest } from './keep-heaviest.js'
import { PieceGates } from './term-gates.js'
import { idfOf, saturate, weighExpansion, weighPresent } from './term-weights.js'

/** How queries are weighed: by the model, or each term by its rarity alone, which takes no inference. */
export type QueryEncoder = 'model' | 'idf'

export interface GatedLexicalEncoderOptions {
  readonly model: GatedLexicalModel
  readonly tokenizer: TextTokenizer
  /** Closed with the encoder. */
  readonly session: GatedLexicalSession
  /** Default `model`. Changes query weights only, so that an index serves both. */
  readonly queryEncoder?: QueryEncoder
  /** On top of the model's own limits. Default: keep what those keep. */
  readonly pruneDocuments?: PruneOptions
  /** On top of the model's own limits. Default: keep what those keep. */
  readonly pruneQueries?: PruneOptions
  /** Most pieces of one run. Default: what the session makes good use of. */
  readonly maxBatchTokens?: number
}

const DEFAULT_BATCH_TOKENS = 1024

/**
 * An encoder whose terms are words: those of a text, weighed by their context, and a few that are related.
 *
 * @throws ModelError if the model was made for another version of the lexical analysis
 * @throws ConfigurationError naming the pruning option that breaks its rule
 */
export function createGatedLexicalEncoder(options: GatedLexicalEncoderOptions): Encoder {
  const { name, settings } = options.model
  if (settings.analysisVersion !== ANALYSIS_VERSION)
    throw new ModelError(
      `model ${name} was made for version ${settings.analysisVersion} of the lexical analysis; this is version ${ANALYSIS_VERSION}`,
    )
  return new GatedLexicalEncoder(options)
}

/** A text's terms, and what of it the model reads. */
interface AnalysedText {
  readonly occurrences: ReadonlyMap<string, readonly Occurrence[]>
  /** Term occurrences. */
  readonly length: number
  /** Pieces of the windows, one after the other. */
  readonly ids: Int32Array
}

class GatedLexicalEncoder implements Encoder {
  readonly identity: EncoderIdentity
  readonly rarity: (token: string) => number
  private readonly model: GatedLexicalModel
  private readonly tokenizer: TextTokenizer
  private readonly session: GatedLexicalSession
  private readonly queryEncoder: QueryEncoder
  private readonly pruning: Readonly<Record<Side, PruneOptions>>
  private readonly queue: RunQueue<WindowReading>

  constructor(options: GatedLexicalEncoderOptions) {
    const { model, tokenizer, session } = options
    this.identity = { name: model.name, fingerprint: model.fingerprint }
    this.rarity = (token) => idfOf(token, model.idf)
    this.model = model
    this.tokenizer = tokenizer
    this.session = session
    this.queryEncoder = options.queryEncoder ?? 'model'
    this.pruning = {
      document: normalizePruneOptions(options.pruneDocuments ?? {}),
      query: normalizePruneOptions(options.pruneQueries ?? {}),
    }
    this.queue = new RunQueue(session, options.maxBatchTokens ?? session.batchTokens ?? DEFAULT_BATCH_TOKENS)
  }

  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]> {
    return Promise.all(texts.map((text) => this.encode(text, 'document')))
  }

  encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    return Promise.all(texts.map((text) => this.encode(text, 'query')))
  }

  locate(text: string): TokenSpans {
    return locateTerms(text, WORD_AND_BIGRAM_RULES)
  }

  async close(): Promise<void> {
    await this.queue.drain()
    await this.session.close()
  }

  private async encode(text: string, side: Side): Promise<Encoding> {
    const pieces = ownPieces(this.tokenizer.tokenize(text))
    const { ids, spans } = limitPieces(pieces, this.model.settings[side])
    const terms = analyse(text, WORD_AND_BIGRAM_RULES)
    const occurrences = alignOccurrences(terms, spans)
    const windows = await this.readWindows({ occurrences, length: terms.length, ids }, side)
    const vector = this.weigh({ occurrences, length: terms.length, ids }, windows, side)
    return {
      vector: prune(vector, this.pruning[side]),
      tokenCount: pieces.ids.length,
      truncated: ids.length < pieces.ids.length && isAnyBehind(occurrences, ids.length),
      chunkCount: 1,
      // Words of any language are terms as they stand; pieces only carry the context.
      fragmentation: 0,
    }
  }

  /** A text without terms has nothing to weigh. */
  private readWindows({ length, ids }: AnalysedText, side: Side): Promise<readonly WindowReading[]> {
    if (length === 0 || (side === 'query' && this.queryEncoder === 'idf')) return Promise.resolve([])
    const windows = cutWindows(ids, this.model.settings[side], this.model.boundaryIds)
    return Promise.all(windows.map((window) => this.queue.run(window, side)))
  }

  private weigh(text: AnalysedText, windows: readonly WindowReading[], side: Side): SparseVector {
    const { settings } = this.model
    const weights = this.presentWeights(text, new PieceGates(windows.map(({ gates }) => gates)), side)
    const factor = side === 'query' ? 1 : saturate(1, text.length, settings.saturation)
    for (const [number, weight] of weighExpansion(windows, settings[side])) {
      const term = this.model.terms[number] ?? ''
      weights.set(term, (weights.get(term) ?? 0) + factor * weight)
    }
    const { pruning } = settings
    const limit = side === 'query' ? pruning.queryTerms : documentLimit(text.length, pruning)
    return keepHeaviest(weights, text.occurrences, limit, pruning)
  }

  private presentWeights(
    { occurrences, length }: AnalysedText,
    gates: PieceGates,
    side: Side,
  ): Map<string, number> {
    const { settings, idf, name } = this.model
    const weights = new Map<string, number>()
    for (const [term, places] of occurrences) {
      const factor = side === 'query' ? 1 : saturate(places.length, length, settings.saturation)
      const weight = factor * weighPresent(term, places, gates, idf, settings[side])
      if (!Number.isFinite(weight))
        throw new EncodingError(
          `model ${name} gave term "${term}" the weight ${weight}; its weights are damaged`,
        )
      weights.set(term, weight)
    }
    return weights
  }
}

function isAnyBehind(occurrences: AnalysedText['occurrences'], pieces: number): boolean {
  for (const places of occurrences.values())
    if (places.some(({ firstPiece }) => firstPiece === pieces)) return true
  return false
}
