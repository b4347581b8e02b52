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
    expect(terminal.noted()).toBe('indexing: 5 documents (25 %), 1/s\nindexing: 10 documents (50 %), 1/s\n')
    expect(terminal.printed()).toBe('')
  })

  it('leaves out the share where the size is not known', () => {
    const terminal = recordingTerminal()
    const progress = createProgress(terminal, 'indexing')
    jest.advanceTimersByTime(5_000)
    progress.update(1, undefined)
    expect(terminal.noted()).toBe('indexing: 1 document, 0/s\n')
  })
})
