import { describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { compareEncoders, cosine, overlap } from '../../../src/encoder/fidelity.js'
import { type SparseVector, toSparseVector } from '../../../src/sparse-vector.js'

/** An encoder of fixed vectors, by text. */
function encoderOf(vectors: Readonly<Record<string, Readonly<Record<string, number>>>>): Encoder {
  const encode = (texts: readonly string[]) =>
    Promise.resolve(
      texts.map((text) => ({
        vector: toSparseVector(Object.entries(vectors[text] ?? {})),
        tokenCount: 1,
        truncated: false,
        chunkCount: 1,
        fragmentation: 0,
      })),
    )
  return {
    identity: { name: 'fixed', fingerprint: 'fixed' },
    encodeDocuments: encode,
    encodeQueries: encode,
    locate: () => new Map(),
    close: () => Promise.resolve(),
  }
}

function vector(entries: Readonly<Record<string, number>>): SparseVector {
  return toSparseVector(Object.entries(entries))
}

describe('cosine', () => {
  it('is 1 for one direction and 0 for none in common', () => {
    expect(cosine(vector({ a: 1, b: 2 }), vector({ a: 2, b: 4 }))).toBeCloseTo(1, 12)
    expect(cosine(vector({ a: 1 }), vector({ b: 1 }))).toBe(0)
    expect(cosine(vector({ a: 3, b: 4 }), vector({ a: 1 }))).toBeCloseTo(0.6, 12)
  })

  it('counts two empty vectors as equal, and an empty and a filled one as different', () => {
    expect(cosine(vector({}), vector({}))).toBe(1)
    expect(cosine(vector({}), vector({ a: 1 }))).toBe(0)
  })
})

describe('overlap', () => {
  it('compares the heaviest tokens alone', () => {
    expect(overlap(vector({ a: 3, b: 2, c: 1 }), vector({ a: 3, c: 2, b: 1 }), 2)).toBe(0.5)
    expect(overlap(vector({ a: 3, b: 2 }), vector({ b: 3, a: 2 }), 2)).toBe(1)
  })

  it('is 1 for two empty vectors', () => {
    expect(overlap(vector({}), vector({}))).toBe(1)
    expect(overlap(vector({}), vector({ a: 1 }))).toBe(0)
  })
})

describe('compareEncoders', () => {
  it('reports means, the worst, and the text of the worst', async () => {
    const reference = encoderOf({ one: { a: 1 }, two: { a: 3, b: 4 } })
    const candidate = encoderOf({ one: { a: 1 }, two: { a: 1 } })
    const fidelity = await compareEncoders(reference, candidate, ['one', 'two'])
    expect(fidelity).toMatchObject({ texts: 2, worstOverlap: 0.5, meanOverlap: 0.75, worstText: 'two' })
    expect(fidelity.worstCosine).toBeCloseTo(0.6, 12)
    expect(fidelity.meanCosine).toBeCloseTo(0.8, 12)
  })

  it('refuses to compare nothing', async () => {
    await expect(compareEncoders(encoderOf({}), encoderOf({}), [])).rejects.toThrow(RangeError)
  })
})
