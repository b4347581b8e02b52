import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { LoadRecorder, writeReport } from '../../../src/cli/load-report.js'
import { countsOfIndex } from '../../../src/cli/report-counts.js'
import type { IndexEvent, IndexResult } from '../../../src/indexer/events.js'
import { recordingTerminal } from './recording-terminal.js'

const heading = { title: 'Load of index docs', model: 'bm25', from: ['a&b.jsonl'] }
const result: IndexResult = {
  ...{ read: 100, indexed: 90, unchanged: 4, deadLettered: 5, skipped: 1 },
  ...{ chunked: 0, chunks: 0, truncated: 0, elapsedMs: 12_340, isComplete: true },
}

const progress = (read: number): IndexEvent => ({
  type: 'progress',
  counts: { read, indexed: read, unchanged: 0, deadLettered: 0, skipped: 0 },
  bytesRead: 0,
  busyMs: { encoding: 0, writing: 0 },
})
const encoded = (tokenCounts: readonly number[]): IndexEvent => ({
  type: 'encoded',
  documents: tokenCounts.length,
  ...{ fragmented: 0, chunked: 0, chunks: 0, truncated: 0 },
  tokenCounts,
  activeTokens: tokenCounts.map((count) => count / 2),
})

describe('a report', () => {
  it('shows counts, statistics and plots, and asks nothing of any other place', () => {
    let now = 0
    const recorder = new LoadRecorder(() => now)
    for (let second = 0; second <= 10; second++) {
      now = second * 1_000
      recorder.see(progress(second * 10))
    }
    recorder.see(encoded([2, 4, 6, 8, 100]))
    const html = recorder.toHtml(heading, countsOfIndex(result))
    expect(html.match(/<svg /g)).toHaveLength(3)
    expect(html).toContain('<th scope="row">refused</th><td>5</td>')
    expect(html).toContain('<th scope="row">tokens of a document, median</th><td>6</td>')
    expect(html).toContain('<th scope="row">active tokens, largest</th><td>50</td>')
    expect(html).toContain('from a&amp;b.jsonl')
    expect(html).not.toMatch(/<script|<link|@import|url\(|(src|href)=/)
    expect(html.match(/https?:\/\/[^"]*/g)!.every((url) => url === 'http://www.w3.org/2000/svg')).toBe(true)
  })

  it('tells the whole load from the run that went on with it', () => {
    const before = { read: 60, indexed: 55, unchanged: 0, deadLettered: 4, skipped: 1 }
    const html = new LoadRecorder().toHtml(heading, countsOfIndex({ ...result, before }))
    const [whole = '', own = ''] = html.split('<h2>This run</h2>')
    expect(whole).toContain(
      '<h2>The whole load</h2>\n<table><tr><th scope="row">documents read</th><td>100</td>',
    )
    expect(own).toContain('<th scope="row">documents read</th><td>40</td>')
    expect(own).toContain('<th scope="row">refused</th><td>1</td>')
    expect(own).toContain('<th scope="row">seconds</th><td>12.3</td>')
  })

  it('keeps a bounded number of points, however long the run', () => {
    let now = 0
    const recorder = new LoadRecorder(() => now)
    for (let second = 0; second <= 100_000; second++) {
      now = second * 1_000
      recorder.see(progress(second * 20))
    }
    const [, points = ''] =
      /<polyline class="l" points="([^"]*)"/.exec(recorder.toHtml(heading, countsOfIndex(result))) ?? []
    expect(points.split(' ').length).toBeGreaterThan(400)
    expect(points.split(' ').length).toBeLessThan(1_000)
    // 20 documents a second throughout: one height.
    expect(new Set(points.split(' ').map((point) => point.split(',')[1])).size).toBe(1)
  })
})

describe('the file of a report', () => {
  it('is no reason to fail behind the load where it cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-report-'))
    const [file, missing] = [join(folder, 'load.html'), join(folder, 'no', 'load.html')]
    try {
      const terminal = recordingTerminal()
      await writeReport(terminal, file, '<p>')
      expect(readFileSync(file, 'utf8')).toBe('<p>')
      expect(terminal.noted()).toBe('')
      await writeReport(terminal, missing, '<p>')
      expect(terminal.noted()).toContain('warning: the report could not be written: ENOENT')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
