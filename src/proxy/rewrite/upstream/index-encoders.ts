import { withCorpusRarity } from '../../../encoder/corpus-rarity.js'
import type { Encoder } from '../../../encoder/encoder.js'
import { createLexicalEncoder } from '../../../encoder/lexical/lexical-encoder.js'
import type { CorpusStatistics } from '../../../encoder/lexical/corpus-statistics.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import { badRequest } from '../refuse.js'

/** The encoder that wrote an index, among those that the proxy was started with. */
export class IndexEncoders {
  private readonly byFingerprint: ReadonlyMap<string, Encoder>

  constructor(private readonly encoders: readonly Encoder[]) {
    this.byFingerprint = new Map(encoders.map((encoder) => [encoder.identity.fingerprint, encoder]))
  }

  /**
   * @param index how messages name it
   * @param statistics of the index, for weights that follow it
   * @throws RefusedRequest if another model wrote the index: its scores would mean nothing
   */
  encoderOf(index: string, meta: IndexMeta, statistics: CorpusStatistics): Encoder {
    const { fingerprint } = meta.encoder
    const lexical = openLexical(meta, statistics)
    if (lexical.identity.fingerprint === fingerprint) return lexical
    const known = this.byFingerprint.get(fingerprint)
    if (known !== undefined) return withCorpusRarity(known, statistics)
    const ours = this.encoders.map(({ identity }) => show(identity)).join(', ') || 'no model'
    throw badRequest(
      `index "${index}" was written by model ${show(meta.encoder)}, but this proxy runs ${ours}; ` +
        `start it with --model ${meta.encoder.name}, or index into a new index`,
    )
  }
}

/** Needs no weights, but the index's own counts. */
function openLexical({ averageLength }: IndexMeta, statistics: CorpusStatistics): Encoder {
  return createLexicalEncoder({ statistics, ...(averageLength !== undefined && { averageLength }) })
}

function show({ name, fingerprint }: Encoder['identity']): string {
  return `${name} (fingerprint ${fingerprint.slice(0, 12)})`
}
