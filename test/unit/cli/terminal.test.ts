import { EventEmitter } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { endQuietlyOnClosedPipe, note, print } from '../../../src/cli/terminal.js'
import { recordingTerminal } from './recording-terminal.js'

describe('print and note', () => {
  it('keep results and remarks apart, a line each', () => {
    const terminal = recordingTerminal()
    print(terminal, 'result')
    print(terminal)
    note(terminal, 'remark')
    expect([terminal.printed(), terminal.noted()]).toEqual(['result\n\n', 'remark\n'])
  })
})

describe('endQuietlyOnClosedPipe', () => {
  it('does not swallow other failures of a stream', () => {
    const stream = new EventEmitter() as unknown as NodeJS.WritableStream
    endQuietlyOnClosedPipe(stream)
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    expect(() => stream.emit('error', full)).toThrow('no space left')
  })
})
