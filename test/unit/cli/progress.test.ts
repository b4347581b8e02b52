import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createProgress } from '../../../src/cli/progress.js'
import { recordingTerminal } from './recording-terminal.js'

describe('progress where nobody watches', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('is a line every five seconds, however often it is told', () => {
    const terminal = recordingTerminal()
    const progress = createProgress(terminal, 'indexing')
    for (let documents = 1; documents <= 11; documents++) {
      jest.advanceTimersByTime(1_000)
      progress.update(documents, documents / 20)
    }
    progress.end()
    expect(terminal.noted()).toBe(
      'indexing: 5 documents (25 %), 1/s, 15 s left\nindexing: 10 documents (50 %), 1/s, 10 s left\n',
    )
    expect(terminal.printed()).toBe('')
  })

  it('says how long it will take in minutes and hours, and what else it is told', () => {
    const terminal = recordingTerminal()
    const progress = createProgress(terminal, 'indexing')
    jest.advanceTimersByTime(600_000)
    progress.update(600, 0.5, '3 retries')
    jest.advanceTimersByTime(6_000)
    progress.update(600, 0.05)
    expect(terminal.noted()).toBe(
      'indexing: 600 documents (50 %), 1/s, 10 min left, 3 retries\n' +
        'indexing: 600 documents (5 %), 1/s, 3 h 12 min left\n',
    )
  })

  it('tells pace and time left of a run that goes on by what this one has done', () => {
    const terminal = recordingTerminal()
    const progress = createProgress(terminal, 'indexing')
    progress.goOn(1_000_000)
    jest.advanceTimersByTime(10_000)
    progress.update(1_000_100, 0.5)
    jest.advanceTimersByTime(10_000)
    progress.update(1_002_000, 0.75)
    expect(terminal.noted()).toBe(
      'indexing: 1000100 documents (50 %), 10/s\nindexing: 1002000 documents (75 %), 100/s, 20 s left\n',
    )
  })

  it('leaves out the share where the size is not known', () => {
    const terminal = recordingTerminal()
    const progress = createProgress(terminal, 'indexing')
    jest.advanceTimersByTime(5_000)
    progress.update(1, undefined)
    expect(terminal.noted()).toBe('indexing: 1 document, 0/s\n')
  })
})
