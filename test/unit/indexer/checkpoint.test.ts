import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CheckpointFile, readCheckpoint } from '../../../src/indexer/checkpoint.js'
import type { Settled } from '../../../src/indexer/ledger.js'

const load = { index: 'docs', 'model fingerprint': 'f1' }
const settled: Settled = {
  counts: { read: 5, indexed: 2, unchanged: 1, deadLettered: 1, skipped: 1 },
  positions: [
    { name: 'a.jsonl', records: 3, digest: 'd3', ended: { bytes: 10, modifiedMs: 1.5 } },
    { name: '<stdin>', records: 2, digest: 'd2' },
  ],
}

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'splade-bridge-checkpoint-')), 'deeper', 'load.json')
})
afterEach(() => {
  rmSync(dirname(dirname(path)), { recursive: true })
})

describe('a checkpoint', () => {
  it('is read as it was saved, leaves nothing beside it, and is gone at the end', async () => {
    const file = new CheckpointFile(path, load)
    await file.save({ ...settled, positions: [] })
    await file.save(settled)
    expect(await readCheckpoint(path, load)).toEqual(settled)
    expect(readdirSync(dirname(path))).toEqual(['load.json'])
    await file.remove()
    expect(existsSync(path)).toBe(false)
    expect(await readCheckpoint(path, load)).toBeUndefined()
  })

  it('keeps the last of several saves that overlap', async () => {
    const file = new CheckpointFile(path, load)
    const saves = [1, 2, 3].map((read) => file.save({ ...settled, counts: { ...settled.counts, read } }))
    await Promise.all(saves)
    expect(await readCheckpoint(path, load)).toMatchObject({ counts: { read: 3 } })
  })

  it('is refused for another load, by what differs', async () => {
    await new CheckpointFile(path, load).save(settled)
    await expect(readCheckpoint(path, { ...load, 'model fingerprint': 'f2' })).rejects.toThrow(
      `${path}: is the checkpoint of another load: its model fingerprint is f1, that of this one f2; run without`,
    )
  })

  it.each([
    '',
    '{}',
    '{"version":2}',
    'not JSON',
    '{"version":1,"load":{"index":"docs","model fingerprint":"f1"}}',
  ])('is refused by name where the file holds %j', async (content) => {
    await new CheckpointFile(path, load).save(settled)
    writeFileSync(path, content)
    await expect(readCheckpoint(path, load)).rejects.toThrow(`${path}: is no checkpoint of version 1`)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })
})
