import { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import pc from 'picocolors'
import { createByteProgress, formatBytes } from '../../../src/cli/byte-progress.js'
import type { Terminal } from '../../../src/cli/terminal.js'

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [17_671_552, '17.7 MB'],
  [2_500_000_000, '2.5 GB'],
  [7_000_000_000_000, '7000.0 GB'],
])('shows %d as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

describe('progress', () => {
  it('draws a bar with file and bytes where a person watches, and ends it once', () => {
    const { terminal, written } = fakeTerminal(true)
    const progress = createByteProgress(terminal)
    progress.update('a.json', 0, 2_000)
    progress.update('model.safetensors', 2_000, 2_000)
    progress.end()
    progress.end()
    expect(written()).toContain('2.0 kB of 2.0 kB | model.safetensors')
  })

  it('draws nothing before there is something to show', () => {
    const { terminal, written } = fakeTerminal(true)
    createByteProgress(terminal).end()
    expect(written()).toBe('')
  })

  it('does not fill a log', () => {
    const { terminal, written } = fakeTerminal(false)
    const progress = createByteProgress(terminal)
    for (let bytes = 0; bytes < 1_000; bytes++) progress.update('a', bytes, 1_000)
    progress.end()
    expect(written()).toBe('')
  })
})

/** A terminal whose standard error is kept. */
function fakeTerminal(interactive: boolean): { terminal: Terminal; written: () => string } {
  const parts: string[] = []
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    parts.push(chunk.toString())
    done()
  }
  const err = Object.assign(new Writable({ write }), { isTTY: interactive, columns: 100, rows: 40 })
  const terminal = { out: err, err, paint: pc.createColors(false), interactive, columns: 100 }
  return { terminal, written: () => parts.join('') }
}
