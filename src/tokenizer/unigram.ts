import type { JsonCursor } from './json-cursor.js'
import { byteTokenIds, type SubwordModel, type WordTokens } from './subword-model.js'
import { TokenTrie } from './token-trie.js'

/** What an unknown character costs below the rarest token, in log probability. */
const UNKNOWN_PENALTY = 10

/**
 * Unigram (SentencePiece): of all ways to cut a word into tokens, the one with the highest sum of scores. Unknown
 * characters in a row become one unknown token.
 *
 * Source: tokenizers, models/unigram/model.rs, `encode_optimized`.
 */
export function unigramModel(config: JsonCursor): SubwordModel {
  const pieces = config
    .at('vocab')
    .items()
    .map((piece) => readPiece(piece))
  const unknown = config.at('unk_id')
  const unknownId = unknown.isPresent ? unknown.natural() : undefined
  if (unknownId !== undefined && unknownId >= pieces.length) unknown.fail('must be an index of model.vocab')
  const spellsBytes = config.at('byte_fallback').boolean(false)
  const encoder = new UnigramEncoder(pieces, unknownId, spellsBytes)
  const { idsByToken } = encoder
  return { idsByToken, unknownId, continuationPrefix: '', encode: (word) => encoder.encode(word) }
}

interface Piece {
  readonly token: string
  /** Log probability. */
  readonly logProbability: number
}

function readPiece(config: JsonCursor): Piece {
  const [token, logProbability] = config.items()
  if (token === undefined || logProbability === undefined) return config.fail('must be a token and its score')
  return { token: token.string(), logProbability: logProbability.number() }
}

/** The best way found to each place in a word. */
interface BestPaths {
  readonly scores: Float64Array
  /** Where the last token of the best way to a place starts; -1 for no way yet. */
  readonly starts: Int32Array
  readonly ids: Int32Array
}

class UnigramEncoder {
  readonly idsByToken: ReadonlyMap<string, number>
  private readonly scores: Float64Array
  private readonly trie: TokenTrie
  private readonly unknownScore: number

  constructor(
    pieces: readonly Piece[],
    private readonly unknownId: number | undefined,
    private readonly spellsBytes: boolean,
  ) {
    this.idsByToken = new Map(pieces.map(({ token }, id) => [token, id]))
    this.scores = Float64Array.from(pieces, ({ logProbability }) => logProbability)
    this.trie = new TokenTrie(this.idsByToken)
    this.unknownScore =
      this.scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY
  }

  encode(word: string): WordTokens {
    const ids: number[] = []
    const bounds: number[] = []
    const paths = this.bestPaths(word)
    for (const { start, end, id } of this.tokensBack(paths, word.length).reverse()) {
      for (const tokenId of this.spelled(word.slice(start, end), id)) {
        ids.push(tokenId)
        bounds.push(start, end)
      }
    }
    return { ids, bounds }
  }

  private bestPaths(word: string): BestPaths {
    const paths = {
      scores: new Float64Array(word.length + 1),
      starts: new Int32Array(word.length + 1).fill(-1),
      ids: new Int32Array(word.length + 1),
    }
    for (let start = 0; start < word.length;) {
      const next = start + ((word.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
      this.extendPaths(paths, word, start, next)
      start = next
    }
    return paths
  }

  /** Tries every token that starts here, and the unknown token where no token is this one character. */
  private extendPaths(paths: BestPaths, word: string, start: number, next: number): void {
    let isKnown = false
    let node = TokenTrie.ROOT as number
    for (let unit = start; unit < word.length && node !== TokenTrie.NONE; unit++) {
      node = this.trie.step(node, word.charCodeAt(unit))
      const id = this.trie.idAt(node)
      if (id === TokenTrie.NONE) continue
      if (unit + 1 === next) isKnown = true
      improve(paths, start, unit + 1, id, this.scores[id] ?? 0)
    }
    if (!isKnown) improve(paths, start, next, this.unknownId ?? -1, this.unknownScore)
  }

  /** The tokens of the best way, from the last to the first; unknown neighbours become one. */
  private tokensBack(paths: BestPaths, length: number): { start: number; end: number; id: number }[] {
    const tokens: { start: number; end: number; id: number }[] = []
    for (let end = length; end > 0;) {
      const start = paths.starts[end] ?? 0
      const id = paths.ids[end] ?? 0
      const later = tokens.at(-1)
      if (later?.id === id && this.isUnknown(id)) later.start = start
      else tokens.push({ start, end, id })
      end = start
    }
    return tokens
  }

  private isUnknown(id: number): boolean {
    return id === -1 || id === this.unknownId
  }

  /** Unknown text may be spelled in bytes; without an unknown token and bytes it leaves no token. */
  private spelled(text: string, id: number): readonly number[] {
    if (!this.isUnknown(id)) return [id]
    const known = this.idsByToken.get(text)
    if (known !== undefined) return [known]
    const bytes = this.spellsBytes ? byteTokenIds(text, this.idsByToken) : undefined
    return bytes ?? (id === -1 ? [] : [id])
  }
}

function improve(paths: BestPaths, start: number, end: number, id: number, tokenScore: number): void {
  const total = tokenScore + (paths.scores[start] ?? 0)
  if (paths.starts[end] !== -1 && total <= (paths.scores[end] ?? 0)) return
  paths.scores[end] = total
  paths.starts[end] = start
  paths.ids[end] = id
}
