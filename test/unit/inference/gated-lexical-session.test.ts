import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EncodingError } from '../../../src/errors.js'
import type { DeviceReport } from '../../../src/inference/device.js'
import {
  createGatedLexicalSession,
  type GatedLexicalSession,
} from '../../../src/inference/gated-lexical-session.js'
import type { GatedLexicalModel } from '../../../src/model/gated-lexical/gated-lexical-model.js'
import { GATE_KINDS } from '../../../src/model/gated-lexical/head-settings.js'
import { loadModel } from '../../../src/model/load-model.js'

let model: GatedLexicalModel
let session: GatedLexicalSession
const reports: DeviceReport[] = []

beforeAll(async () => {
  model = (await loadModel(join(import.meta.dirname, '../../../models/ko-en-mini'))) as GatedLexicalModel
  session = await createGatedLexicalSession(model, {
    device: 'cuda',
    onDevice: (report) => reports.push(report),
  })
})
afterAll(() => session.close())

const window = (...pieces: readonly number[]) =>
  Int32Array.of(0, ...model.settings.document.prefixIds, ...pieces, 2)

describe('GatedLexicalSession', () => {
  it('gives the gates of the own pieces, and the strongest expansion terms in order', async () => {
    const [reading] = await session.run([window(100, 200, 300)], 'document')
    expect(reading!.gates).toHaveLength(3 * GATE_KINDS.length)
    expect(reading!.terms).toHaveLength(model.settings.document.expansionLimit)
    expect([...reading!.logits]).toEqual([...reading!.logits].sort((a, b) => b - a))
  })

  it('gives a window the same reading in a batch as alone', async () => {
    const windows = [window(100, 200, 300), window(400, 500, 600), window(700, 800, 900)]
    const together = await session.run(windows, 'document')
    for (const [index, single] of windows.entries()) {
      const [alone] = await session.run([single], 'document')
      alone!.gates.forEach((gate, place) => {
        expect(together[index]!.gates[place]).toBeCloseTo(gate, 4)
      })
    }
  })

  it('reads queries with heads of their own', async () => {
    const [document] = await session.run([window(100, 200, 300)], 'document')
    const [query] = await session.run([window(100, 200, 300)], 'query')
    expect(query!.terms).toHaveLength(model.settings.query.expansionLimit)
    expect([...query!.gates]).not.toEqual([...document!.gates].slice(0, query!.gates.length))
  })

  it('gives no windows nothing, and refuses windows of different lengths', async () => {
    expect(await session.run([], 'query')).toEqual([])
    await expect(session.run([window(1), window(1, 2)], 'query')).rejects.toThrow(
      'windows of one run must have equal lengths',
    )
  })

  it('fails on a piece that the model does not have, and goes on working', async () => {
    await expect(session.run([window(99_999)], 'document')).rejects.toThrow(EncodingError)
    expect(await session.run([window(100)], 'document')).toHaveLength(1)
  })

  it('says that the CPU computes, whatever was asked for', () => {
    expect(reports).toEqual([
      { asked: 'cuda', device: 'cpu', reason: 'models of this kind are computed on the CPU' },
    ])
  })
})
