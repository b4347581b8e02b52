import { EDGE, rateEdge, rateEdges } from './chunk-edges.js'
import type { TokenizedText } from './text-tokenizer.js'

/** How a long text is cut. */
export interface ChunkLimits {
  /** Longest chunk in tokens, special tokens included; leaves room for at least one token of the text. */
  readonly maxTokens: number
  /** Most tokens that a chunk repeats from the one before; an integer from 0 to half of a chunk's room. */
  readonly overlap: number
}

/** A stretch of a text's own tokens: indices `[first, end)` into {@link TokenizedText}'s arrays. */
export interface Chunk {
  readonly first: number
  readonly end: number
}

/** What is left over behind a cut must be at least this part of a full chunk, so that no chunk is a stub. */
const LEAST_SHARE = 4

/**
 * Cuts a text into chunks of about equal length, at ends of sentences where there are any within reach, else at
 * white space, at words, and inside a word only where one is longer than a chunk. Every token of the text is in at
 * least one chunk. Time is proportional to the text, memory to one chunk beside the result.
 *
 * @param text what `tokenized` was made of
 * @param tokenized the whole text, not truncated
 * @returns at least one chunk; only a text without tokens has an empty one
 */
export function planChunks(text: string, tokenized: TokenizedText, limits: ChunkLimits): readonly Chunk[] {
  const { first, end } = ownTokens(tokenized)
  const room = limits.maxTokens - (tokenized.ids.length - (end - first))
  const chunks: Chunk[] = []
  for (let start = first; ;) {
    if (end - start <= room) return [...chunks, { first: start, end }]
    const cut = findCut(text, tokenized, { start, end, room, overlap: limits.overlap })
    chunks.push({ first: start, end: cut })
    start = repeatFrom(text, tokenized, cut, limits.overlap)
  }
}

/**
 * What a model is given for a chunk: the chunk's ids as they are in the whole text, with the text's special tokens
 * around them. Tokenizing the chunk by itself could give others, for its first word stands at a text's start then.
 */
export function chunkIds({ ids, words }: TokenizedText, { first, end }: Chunk): Int32Array {
  const own = ownTokens({ ids, words })
  const chunk = new Int32Array(own.first + (end - first) + (ids.length - own.end))
  chunk.set(ids.subarray(0, own.first))
  chunk.set(ids.subarray(first, end), own.first)
  chunk.set(ids.subarray(own.end), own.first + (end - first))
  return chunk
}

/** UTF-16 units `[start, end)` that a chunk's tokens come from; both 0 for an empty chunk. */
export function chunkSpan({ spans }: TokenizedText, { first, end }: Chunk): readonly [number, number] {
  return first === end ? [0, 0] : [spans[2 * first] ?? 0, spans[2 * end - 1] ?? 0]
}

/** The text's tokens without the special ones that the tokenizer put around them. */
function ownTokens({ ids, words }: Pick<TokenizedText, 'ids' | 'words'>): Chunk {
  let first = 0
  while (first < ids.length && words[first] === -1) first++
  let end = ids.length
  while (end > first && words[end - 1] === -1) end--
  return { first, end }
}

interface Rest {
  readonly start: number
  readonly end: number
  /** Tokens of the text that fit into a chunk. */
  readonly room: number
  readonly overlap: number
}

/** The best cut in reach; among equals the one that leaves the chunks most equal. */
function findCut(text: string, tokenized: TokenizedText, rest: Rest): number {
  const { earliest, latest, ideal, fewest } = boundsOf(rest)
  const ratings = rateEdges(text, tokenized, earliest, latest)
  let best = { cut: latest, rank: -1, distance: Infinity }
  ratings.forEach((rating, position) => {
    const cut = earliest + position
    // Of two cuts alike, the one that needs no further chunk.
    const rank = 2 * rating + (cut >= fewest ? 1 : 0)
    const distance = Math.abs(cut - ideal)
    if (rank > best.rank || (rank === best.rank && distance < best.distance)) best = { cut, rank, distance }
  })
  return best.cut
}

interface CutBounds {
  readonly earliest: number
  readonly latest: number
  /** Leaves chunks of equal length. */
  readonly ideal: number
  /** From here on the rest fits into as few chunks as possible. */
  readonly fewest: number
}

function boundsOf({ start, end, room, overlap }: Rest): CutBounds {
  const least = Math.ceil(room / LEAST_SHARE)
  const earliest = start + overlap + least
  const latest = Math.min(start + room, end - least)
  const step = room - overlap
  const further = Math.ceil((end - start - room) / step)
  const ideal = start + Math.ceil((end - start + further * overlap) / (further + 1))
  const fewest = end + overlap - room - (further - 1) * step
  return { earliest, latest, ideal: Math.min(Math.max(ideal, earliest), latest), fewest }
}

/** Where the next chunk starts: as far back as it may, but at a word if there is one. */
function repeatFrom(text: string, tokenized: TokenizedText, cut: number, overlap: number): number {
  for (const rating of [EDGE.space, EDGE.word, EDGE.insideWord]) {
    for (let token = cut - overlap; token < cut; token++) {
      if (rateEdge(text, tokenized, token) >= rating) return token
    }
  }
  return cut
}
