import type { ShownToken } from '../../src/web/api.js'

/** A stretch of a text under the same tokens. */
export interface HeatPiece {
  readonly text: string
  /** Weight of the heaviest token there, as a part of the heaviest of all: 0-1. 0 where no token stands. */
  readonly heat: number
  /** Tokens that stand there, heaviest first. */
  readonly tokens: readonly ShownToken[]
}

/** Cuts a text where tokens begin and end, so that tokens may overlap. */
export function heatPieces(text: string, tokens: readonly ShownToken[]): readonly HeatPiece[] {
  const heaviest = Math.max(0, ...tokens.map(({ weight }) => weight))
  const starting = new Map<number, ShownToken[]>()
  const edges = new Set([0, text.length])
  const ends = new Map<ShownToken, number>()
  for (const token of tokens)
    for (const [start, end] of token.spans) {
      starting.set(start, [...(starting.get(start) ?? []), token])
      edges.add(start).add(end)
    }
  const pieces: HeatPiece[] = []
  const sorted = [...edges].sort((a, b) => a - b)
  sorted.slice(0, -1).forEach((start, place) => {
    const end = sorted[place + 1] ?? text.length
    for (const token of starting.get(start) ?? []) {
      const span = token.spans.find(([from]) => from === start)
      ends.set(token, Math.max(ends.get(token) ?? 0, span?.[1] ?? 0))
    }
    for (const [token, last] of ends) if (last <= start) ends.delete(token)
    const here = [...ends.keys()].sort((a, b) => b.weight - a.weight)
    pieces.push({
      text: text.slice(start, end),
      heat: (here[0]?.weight ?? 0) / (heaviest || 1),
      tokens: here,
    })
  })
  return pieces
}
