import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireWritableOutputs } from '../../../src/cli/writable-file.js'

describe('files that a run writes late', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-outputs-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['report', '--report'],
    ['deadLetters', '--dead-letters'],
  ] as const)('of %s are found to be impossible before it', async (name, option) => {
    const rule = `${option} must name a file that can be written, in a folder that exists, received`
    const missing = join(folder, 'no', 'file')
    await expect(requireWritableOutputs({ [name]: missing })).rejects.toThrow(`${rule} "${missing}"`)
    await expect(requireWritableOutputs({ [name]: folder })).rejects.toThrow(rule)
  })

  it('may be there already, or not yet, and are not made', async () => {
    const [report, deadLetters] = [join(folder, 'load.html'), join(folder, 'letters.ndjson')]
    writeFileSync(report, '<p>')
    await requireWritableOutputs({ report, deadLetters })
    await requireWritableOutputs({})
    expect(readdirSync(folder)).toEqual(['load.html'])
  })
})
