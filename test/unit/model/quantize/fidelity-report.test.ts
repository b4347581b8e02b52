import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  type FidelityReport,
  readFidelityReport,
  reportFile,
  writeFidelityReport,
} from '../../../../src/model/quantize/fidelity-report.js'
import { useTemporaryFolder } from '../../../model-folder.js'

const REPORT: FidelityReport = {
  precision: 'int8',
  fingerprints: { f32: 'aaaa', quantized: 'bbbb' },
  madeAt: '2026-01-02T03:04:05.000Z',
  source: 'examples',
  texts: 60,
  meanCosine: 0.999,
  worstCosine: 0.99,
  meanOverlap: 0.98,
  worstOverlap: 0.9,
  worstText: 'a text',
  retrieval: { dataset: 'scifact', queries: 300, ndcg10: { f32: 0.6, quantized: 0.59 } },
}

describe('a fidelity report', () => {
  const folder = useTemporaryFolder()

  it('is read back for the weights that it speaks of, and for no others', async () => {
    const path = await writeFidelityReport(folder.path, REPORT)
    expect(path).toBe(join(folder.path, 'fidelity.int8.json'))
    expect(await readdir(folder.path)).toEqual(['fidelity.int8.json'])
    expect(await readFidelityReport(folder.path, 'int8', 'bbbb')).toEqual(REPORT)
    expect(await readFidelityReport(folder.path, 'int8', 'cccc')).toBeUndefined()
    expect(await readFidelityReport(folder.path, 'f16', 'bbbb')).toBeUndefined()
  })

  it.each(['{}', '{"fingerprints":5}'])('is none where the file holds %s', async (content) => {
    await writeFile(join(folder.path, reportFile('f16')), content)
    expect(await readFidelityReport(folder.path, 'f16', 'bbbb')).toBeUndefined()
  })
})
