import { describe, expect, it } from '@jest/globals'
import { type BatchRunner, RunQueue, type TextKind } from '../../../src/encoder/run-queue.js'
import type { TermWeights } from '../../../src/inference/splade-session.js'

/** Answers each text with its first id as the only weight, and records what was run together. */
class RecordingSession implements BatchRunner<TermWeights> {
  readonly runs: number[][] = []
  readonly kinds: TextKind[] = []
  running = 0
  mostAtOnce = 0

  constructor(readonly workers = 1) {}

  async run(batch: readonly Int32Array[], kind: TextKind) {
    this.kinds.push(kind)
    this.runs.push(batch.map((ids) => ids.length))
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running)
    await new Promise((resume) => setImmediate(resume))
    this.running--
    if (batch.some((ids) => ids[0] === -1)) throw new Error('out of memory')
    return batch.map((ids) => ({ tokenIds: ids.slice(0, 1), weights: Float32Array.of(ids[0]!) }))
  }
}

const text = (length: number, first = 7) => new Int32Array(length).fill(first)

describe('RunQueue', () => {
  it('runs texts of equal length together and never pads', async () => {
    const session = new RecordingSession()
    const queue = new RunQueue(session, 100)
    await Promise.all([queue.run(text(5)), queue.run(text(9)), queue.run(text(5))])
    expect(session.runs).toEqual([[5, 5], [9]])
  })

  it('gives every caller its own row', async () => {
    const queue = new RunQueue(new RecordingSession(), 100)
    const rows = await Promise.all([1, 2, 3, 4].map((first) => queue.run(text(5, first))))
    expect(rows.map(({ weights }) => weights[0])).toEqual([1, 2, 3, 4])
  })

  it('keeps a run within its token limit, but for a single longer text', async () => {
    const session = new RecordingSession()
    const queue = new RunQueue(session, 12)
    await Promise.all([text(5), text(5), text(5), text(50)].map((ids) => queue.run(ids)))
    expect(session.runs).toEqual([[5, 5], [50], [5]])
  })

  it.each([1, 2, 3])('has as many runs in flight as there are workers: %d', async (workers) => {
    const session = new RecordingSession(workers)
    const queue = new RunQueue(session, 8)
    await Promise.all([3, 4, 5, 6, 7].map((length) => queue.run(text(length))))
    expect(session.mostAtOnce).toBe(workers)
  })

  it('shares texts of one length among the workers', async () => {
    const session = new RecordingSession(2)
    const queue = new RunQueue(session, 1024)
    await Promise.all(Array.from({ length: 8 }, () => queue.run(text(128))))
    expect(session.runs.map((run) => run.length)).toEqual([4, 2, 2])
  })

  it('does not share a run that is small already', async () => {
    const session = new RecordingSession(2)
    const queue = new RunQueue(session, 1024)
    await Promise.all(Array.from({ length: 8 }, () => queue.run(text(16))))
    expect(session.runs.map((run) => run.length)).toEqual([8])
  })

  it('runs a query before the documents that wait already', async () => {
    const session = new RecordingSession()
    const queue = new RunQueue(session, 8)
    const documents = [3, 4, 5, 6].map((length) => queue.run(text(length)))
    await new Promise((resume) => setImmediate(resume))
    await queue.run(text(7), 'query')
    expect(session.kinds).toEqual(['document', 'query'])
    await Promise.all(documents)
    expect(session.runs.flat()).toEqual([3, 7, 4, 5, 6])
  })

  it('never puts queries and documents into one run', async () => {
    const session = new RecordingSession()
    const queue = new RunQueue(session, 100)
    await Promise.all([queue.run(text(5), 'query'), queue.run(text(5), 'document')])
    expect(session.kinds).toEqual(['query', 'document'])
  })

  it('fails only the callers whose run failed', async () => {
    const queue = new RunQueue(new RecordingSession(), 100)
    const results = await Promise.allSettled([queue.run(text(3, -1)), queue.run(text(4))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    await expect(queue.run(text(3))).resolves.toBeDefined()
  })

  it('puts texts of one padded length into one run, counted with their padding', async () => {
    const session = Object.assign(new RecordingSession(), {
      paddedLength: (tokens: number) => (tokens <= 8 ? 8 : 16),
    })
    const queue = new RunQueue(session, 16)
    await Promise.all([3, 9, 7, 5].map((length) => queue.run(text(length))))
    expect(session.runs).toEqual([[3, 7], [9], [5]])
  })

  it('drains what was handed in', async () => {
    const session = new RecordingSession()
    const queue = new RunQueue(session, 4)
    void queue.run(text(3))
    void queue.run(text(4))
    await queue.drain()
    expect(session.runs).toHaveLength(2)
  })
})
