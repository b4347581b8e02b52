import { describe, expect, it } from '@jest/globals'
import { LoopTurn } from '../../../src/indexer/loop-turn.js'

function compute(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

describe('a turn of the event loop', () => {
  it('is over once something was computed for longer than others should wait', () => {
    const turn = new LoopTurn()
    expect(turn.isOver()).toBe(false)
    compute(8)
    expect(turn.isOver()).toBe(true)
  })

  it('lets timers and sockets in, which promises that are settled already do not', async () => {
    const seen: string[] = []
    setTimeout(() => seen.push('timer'), 1)
    const turn = new LoopTurn()
    for (let step = 0; step < 4; step++) {
      compute(3)
      await Promise.resolve()
    }
    expect(seen).toEqual([])
    await turn.next()
    await turn.next()
    expect(seen).toEqual(['timer'])
    expect(turn.isOver()).toBe(false)
  })
})
