import { GATE_KINDS } from '../../model/gated-lexical/head-settings.js'
import type { Occurrence } from './align-occurrences.js'

/** Gates of a text's pieces, summed up from the first, so that the mean of any stretch takes one difference. */
export class PieceGates {
  /** `[pieces + 1, kinds]`. */
  private readonly sums: Float64Array

  /** @param windows `[pieces, kinds]` of each window of the text, in order */
  constructor(windows: readonly Float32Array[]) {
    const kinds: number = GATE_KINDS.length
    this.sums = new Float64Array(windows.reduce((length, gates) => length + gates.length, kinds))
    let at = kinds
    for (const gates of windows)
      for (const gate of gates) {
        this.sums[at] = (this.sums[at - kinds] ?? 0) + gate
        at++
      }
  }

  /** Mean over the occurrences of the mean over their pieces; 0, which is neutral, for a term without pieces. */
  ofTerm(occurrences: readonly Occurrence[]): number {
    let sum = 0
    let count = 0
    for (const occurrence of occurrences) {
      if (occurrence.endPiece === occurrence.firstPiece) continue
      sum += this.ofOccurrence(occurrence)
      count++
    }
    return count === 0 ? 0 : sum / count
  }

  private ofOccurrence({ kind, firstPiece, endPiece }: Occurrence): number {
    const column = GATE_KINDS.indexOf(kind)
    const at = (piece: number): number => this.sums[piece * GATE_KINDS.length + column] ?? 0
    return (at(endPiece) - at(firstPiece)) / (endPiece - firstPiece)
  }
}
