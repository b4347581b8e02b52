import { describe, expect, it, jest } from '@jest/globals'
import { RunWatcher } from '../../../src/cli/run-watcher.js'
import type { IndexEvent } from '../../../src/indexer/events.js'
import { recordingTerminal } from './recording-terminal.js'

const counts = { read: 10, indexed: 4, unchanged: 0, deadLettered: 1, skipped: 0 }
const progress: IndexEvent = {
  type: 'progress',
  counts,
  bytesRead: 50,
  busyMs: { encoding: 10, writing: 5 },
}
const letter: IndexEvent = {
  type: 'dead-letter',
  record: {
    id: 'a',
    texts: [],
    source: { secret: 1 },
    contentHash: 'h',
    origin: { file: 'in.jsonl', line: 7 },
  },
  status: 400,
  reason: 'refused',
}

describe('RunWatcher', () => {
  it('tells of many retries in one line, and of every refusal', () => {
    const terminal = recordingTerminal()
    const watcher = new RunWatcher(terminal, 'bm25', { totalBytes: 100 })
    for (let retry = 1; retry <= 50; retry++)
      watcher.see({ type: 'retry', retry, delayMs: 10.4, reason: 'busy' })
    watcher.see(letter)
    expect(terminal.noted()).toBe('retry 1 in 10 ms: busy\nrefused: in.jsonl:7 (id a): refused\n')
    expect(terminal.printed()).toBe('')
  })

  it.each([
    ['skipped', 'skipped', '2 more records without the fields'],
    ['without-text', 'stored without a vector', '2 more documents without text'],
  ] as const)('tells of the first records that are %s, and how many more there were', (type, what, more) => {
    const terminal = recordingTerminal()
    const watcher = new RunWatcher(terminal, 'bm25', { totalBytes: 100 })
    for (let line = 1; line <= 12; line++)
      watcher.see({ type, id: `d${line}`, origin: { file: 'a', line }, reason: 'no text' })
    watcher.end()
    const lines = terminal.noted().trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines.at(-2)).toBe(`${what}: a:10 (id d10): no text`)
    expect(lines.at(-1)).toBe(`${what}: ${more}`)
  })

  it('counts as done what is dealt with, not what was read ahead', () => {
    const terminal = recordingTerminal()
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0)
    const watcher = new RunWatcher(terminal, 'bm25', { totalBytes: 100 })
    clock.mockReturnValue(10_000)
    watcher.see({ ...progress, bytesRead: 100 })
    clock.mockRestore()
    expect(terminal.noted()).toContain('indexing: 5 documents (50 %), 1/s, 10 s left')
  })

  it('prints events as lines of JSON where asked to, without documents', () => {
    const terminal = recordingTerminal()
    const watcher = new RunWatcher(terminal, 'bm25', { totalBytes: undefined, printsEvents: true })
    watcher.see(progress)
    watcher.see(letter)
    watcher.see(progress)
    const lines = terminal.printed().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      progress,
      { type: 'dead-letter', id: 'a', origin: { file: 'in.jsonl', line: 7 }, status: 400, reason: 'refused' },
    ])
    expect(watcher.hasStarted).toBe(true)
  })
})
