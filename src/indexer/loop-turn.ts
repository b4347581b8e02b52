import { setImmediate } from 'node:timers/promises'

/** Longest that computing keeps sockets and timers waiting, in milliseconds, as far as it is asked in between. */
const TURN_MS = 5

/**
 * A turn of the event loop. Stages that only compute follow each other without an end to it, as promises do that are
 * settled already: what was written to a socket stays in this process meanwhile, and the engine has nothing to do.
 */
export class LoopTurn {
  private startedAt = performance.now()

  /** True once others should have their turn: then await {@link next}. */
  isOver(): boolean {
    return performance.now() - this.startedAt > TURN_MS
  }

  /** Resolves after sockets and timers had theirs. */
  async next(): Promise<void> {
    await setImmediate()
    this.startedAt = performance.now()
  }
}
