import { describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../../../src/encoder/lexical/lexical-encoder.js'
import type { Encoder, Encoding } from '../../../../../src/encoder/encoder.js'
import {
  EncoderUnavailable,
  QueryEncoding,
} from '../../../../../src/proxy/rewrite/encoding/query-encoding.js'
import { EngineError } from '../../../../../src/errors.js'

const lexical = createLexicalEncoder()
const encoderOf = (encodeQueries: Encoder['encodeQueries']): Encoder => ({
  identity: lexical.identity,
  encodeDocuments: (texts) => lexical.encodeDocuments(texts),
  encodeQueries,
  locate: (text) => lexical.locate(text),
  close: () => Promise.resolve(),
})

describe('encoding queries', () => {
  it('gives the encoder its vector', async () => {
    const encoding = new QueryEncoding({ timeoutMs: 1000, maxPending: 1 })
    expect((await encoding.encode(lexical, 'volcano lava')).size).toBe(2)
    expect((await encoding.encode(lexical, 'volcano')).size).toBe(1)
  })

  it('turns queries away that would wait too long, and at once those beyond what the encoder works on', async () => {
    const encoding = new QueryEncoding({ timeoutMs: 20, maxPending: 1 })
    let finish: (encodings: readonly Encoding[]) => void = () => undefined
    const slow = encoderOf(() => new Promise((resolve) => (finish = resolve)))
    await expect(encoding.encode(slow, 'a')).rejects.toThrow('no vector within 20 ms')
    await expect(encoding.encode(lexical, 'b')).rejects.toThrow('busy with 1 queries')
    finish([])
    await new Promise(setImmediate)
    expect((await encoding.encode(lexical, 'volcano')).size).toBe(1)
  })

  it('tells an encoder that fails from an engine that does not answer', async () => {
    const encoding = new QueryEncoding({ timeoutMs: 1000, maxPending: 1 })
    const failing = (error: Error) => encoderOf(() => Promise.reject(error))
    await expect(encoding.encode(failing(new Error('no memory')), 'a')).rejects.toThrow(EncoderUnavailable)
    await expect(encoding.encode(failing(new EngineError('no index', 404)), 'a')).rejects.toThrow(EngineError)
  })
})
