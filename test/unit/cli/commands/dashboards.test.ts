import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { defineDashboards } from '../../../../src/cli/commands/dashboards.js'
import { ConfigurationError } from '../../../../src/errors.js'
import { recordingTerminal } from '../recording-terminal.js'

describe('dashboards export', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'splade-bridge-export-'))
    await writeFile(join(folder, 'a-file'), '')
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it.each([
    ['a file in a folder that is not there', [], 'missing/dashboards.ndjson', 'ENOENT'],
    ['a file where a folder is', [], '.', 'EISDIR'],
    ['a folder of alert rules where a file is', ['--alerts'], 'a-file', 'EEXIST'],
  ])('refuses %s', async (_, flags, name, reason) => {
    const out = join(folder, name)
    const failure = exportTo(['--for', 'kibana', '--out', out, ...flags])
    await expect(failure).rejects.toThrow(ConfigurationError)
    await expect(failure).rejects.toThrow(
      `--out cannot be written (${reason}), received ${JSON.stringify(out)}`,
    )
  })
})

async function exportTo(flags: readonly string[]): Promise<void> {
  const command = new Command('dashboards')
  const terminal = recordingTerminal()
  defineDashboards(command, { terminal, environment: {}, signal: new AbortController().signal })
  await command.parseAsync(['export', ...flags], { from: 'user' })
}
