import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { LoadObservers } from '../../../src/cli/load-observers.js'
import type { TelemetryEvent, TelemetrySink } from '../../../src/telemetry/events.js'
import { recordingTerminal } from './recording-terminal.js'

const LOAD = { command: 'enrich', index: 'articles', model: 'bm25' } as const
const HEADING = { title: 'Enrichment', model: 'bm25', from: ['the documents of articles'] }

describe('the observers of a load', () => {
  it('give telemetry and report the same events', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-observers-'))
    const file = join(folder, 'report.html')
    const events: TelemetryEvent[] = []
    const sink: TelemetrySink = {
      record: (event) => {
        events.push(event)
      },
      counts: { written: 0, dropped: 0 },
      close: () => Promise.resolve(),
    }
    const observers = new LoadObservers(LOAD, sink, file)
    observers.see({
      ...{ type: 'encoded', documents: 2, fragmented: 0, chunked: 0, chunks: 0, truncated: 1 },
      ...{ tokenCounts: [4, 8], activeTokens: [2, 3] },
    })
    await observers.report(recordingTerminal(), HEADING, { run: [['enriched', 2]], elapsedMs: 100 })
    observers.finish()
    const html = readFileSync(file, 'utf8')
    expect(html).toContain('<th scope="row">enriched</th><td>2</td>')
    expect(html).toContain('<th scope="row">ends left out</th><td>1</td>')
    expect(html).toContain('Model bm25, from the documents of articles.')
    expect(events).toMatchObject([{ ...LOAD, encoded: { documents: 2, truncated: 1, tokens: { sum: 12 } } }])
    rmSync(folder, { recursive: true })
  })

  it('do nothing where neither is asked for', async () => {
    const terminal = recordingTerminal()
    const observers = new LoadObservers(LOAD, undefined, undefined)
    observers.see({ type: 'retry', retry: 1, delayMs: 1, reason: 'busy' })
    await observers.report(terminal, HEADING, { run: [], elapsedMs: 0 })
    observers.finish()
    expect(terminal.noted()).toBe('')
  })
})
