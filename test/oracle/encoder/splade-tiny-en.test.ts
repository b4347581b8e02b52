import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { loadModelBundle } from '../../../src/model/bundle.js'

interface Oracle {
  readonly entries: readonly { readonly text: string; readonly weights: Readonly<Record<string, number>> }[]
}

const TOLERANCE = 1e-4

const oracle = JSON.parse(readFileSync(new URL('splade-tiny-en.json', import.meta.url), 'utf8')) as Oracle
let encoder: Encoder

beforeAll(async () => {
  encoder = await loadNeuralEncoder(
    await loadModelBundle(fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))),
    // As the reference does.
    { longTexts: 'truncate' },
  )
})

afterAll(() => encoder.close())

describe('splade-tiny-en', () => {
  it('gives the tokens and weights of the reference implementation to 200 texts', async () => {
    const texts = oracle.entries.map(({ text }) => text)
    const encodings = await encoder.encodeDocuments(texts)
    expect(oracle.entries).toHaveLength(200)
    encodings.forEach(({ vector }, index) => {
      expectSameWeights(vector, oracle.entries[index]?.weights ?? {}, texts[index] ?? '')
    })
  })

  it('gives a text the same vector alone as in a batch', async () => {
    const { text, weights } = oracle.entries.find((entry) => entry.text.startsWith('what is'))!
    const [alone] = await encoder.encodeQueries([text])
    expectSameWeights(alone!.vector, weights, text)
  })
})

/** Terms whose weight is within the tolerance of zero may be on one side only. */
function expectSameWeights(
  vector: ReadonlyMap<string, number>,
  expected: Readonly<Record<string, number>>,
  text: string,
): void {
  const label = JSON.stringify(text.slice(0, 60))
  for (const token of new Set([...vector.keys(), ...Object.keys(expected)])) {
    const difference = Math.abs(
      (vector.get(token) ?? 0) - (Object.hasOwn(expected, token) ? expected[token]! : 0),
    )
    if (!(difference <= TOLERANCE)) throw new Error(`${label}: token ${token} differs by ${difference}`)
  }
  expect(vector.size === 0).toBe(Object.keys(expected).length === 0)
}
