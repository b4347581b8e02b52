import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { EnrichWatcher } from '../../../src/cli/enrich-watcher.js'
import type { EnrichEvent } from '../../../src/enrich/events.js'
import { recordingTerminal } from './recording-terminal.js'

const counts = { read: 90, enriched: 40, unchanged: 5, skipped: 3, deadLettered: 1, gone: 1, conflicts: 2 }
const progress: EnrichEvent = {
  type: 'progress',
  counts,
  total: 100,
  busyMs: { encoding: 2_000, writing: 9_000 },
}

describe('EnrichWatcher', () => {
  let clock: jest.SpiedFunction<typeof performance.now>
  beforeEach(() => {
    clock = jest.spyOn(performance, 'now').mockReturnValue(0)
  })
  afterEach(() => {
    clock.mockRestore()
  })

  it('shows what is dealt with, and the shares of encoder and engine', () => {
    const terminal = recordingTerminal()
    const watcher = new EnrichWatcher(terminal, 'bm25')
    clock.mockReturnValue(10_000)
    watcher.see(progress)
    expect(terminal.noted()).toBe(
      'enriching: 50 documents (50 %), 5/s, 10 s left, encoder busy 20 %, engine 90 %, 1 refused\n',
    )
  })

  it('says nothing of time that is left where changes are followed', () => {
    const terminal = recordingTerminal()
    const watcher = new EnrichWatcher(terminal, 'bm25')
    watcher.see({ type: 'watching', counts })
    clock.mockReturnValue(10_000)
    watcher.see({ ...progress, total: 20 })
    const [following, line] = terminal.noted().trimEnd().split('\n')
    expect(following).toBe('90 documents read; following changes until Ctrl-C')
    expect(line).toBe('enriching: 50 documents (100 %), 5/s, encoder busy 20 %, engine 90 %, 1 refused')
  })

  it('tells of many retries in one line, and of every refusal', () => {
    const terminal = recordingTerminal()
    const watcher = new EnrichWatcher(terminal, 'bm25')
    clock.mockReturnValue(10_000)
    for (let retry = 1; retry <= 50; retry++)
      watcher.see({ type: 'retry', retry, delayMs: 10, reason: 'busy' })
    const record = { id: 'a', texts: [], source: {}, contentHash: 'h', origin: { file: 'articles' } }
    watcher.see({ type: 'dead-letter', record, status: 400, reason: 'strict' })
    expect(terminal.noted()).toBe('retry 1 in 10 ms: busy\nrefused: document a of articles: strict\n')
  })
})
