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

  it('show what would command a terminal, and leave lines, tabs and every script alone', () => {
    const terminal = recordingTerminal()
    const written = 'a\u001b]0;title\u0007 b\rc\u009b31m\u007f\n\td 자동차 👩‍👧 سيارة'
    print(terminal, written)
    note(terminal, written)
    const shown = 'a\\u001b]0;title\\u0007 b\\u000dc\\u009b31m\\u007f\n\td 자동차 👩‍👧 سيارة\n'
    expect([terminal.printed(), terminal.noted()]).toEqual([shown, shown])
  })

  it('keep the meaning of JSON', () => {
    const terminal = recordingTerminal({ colours: true })
    const value = { text: '\u001b[31m \u0085 \u009b \u007f \\u001b' }
    print(terminal, JSON.stringify(value))
    expect(terminal.printed()).not.toMatch(/[\u007f-\u009f]/)
    expect(JSON.parse(terminal.printed())).toEqual(value)
  })

  it('let colours through where there are any, and nothing else that begins like them', () => {
    const terminal = recordingTerminal({ colours: true })
    const { bold, dim, yellow, inverse } = terminal.paint
    const line = `${bold('a')}${dim('b')}${yellow('c')}${inverse('d')}`
    print(terminal, `${line}\u001b[8m\u001b[2J`)
    expect(terminal.printed()).toBe(`${line}\\u001b[8m\\u001b[2J\n`)
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
