import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { locateIn } from '../../../src/encoder/located-text.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { readableIn } from '../../../src/encoder/readable-in.js'
import { ExactScorer } from '../../../src/evaluate/exact-scorer.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { useTemporaryFolder } from '../../model-folder.js'
import { writePixieLayout } from '../../pixie-layout.js'

interface Row {
  readonly _id: string
  readonly title?: string
  readonly text: string
}

const rows = (file: string): readonly Row[] =>
  readFileSync(new URL(`../../../examples/demonstration/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

const corpus = rows('corpus.jsonl')
const queries = rows('queries.jsonl')
const textOf = ({ title = '', text }: Row): string => `${title} ${text}`

describe('a model in the layout of PIXIE-Splade-Preview', () => {
  const folder = useTemporaryFolder()
  let encoder: Encoder
  beforeAll(async () => {
    const directory = await writePixieLayout(join(folder.path, 'pixie'), corpus.map(textOf))
    encoder = await loadNeuralEncoder(await loadModelBundle(directory), { threads: 1 })
  })
  afterAll(() => encoder.close())

  it('is read as ModernBERT with a limit of 8,192 tokens', async () => {
    const bundle = await loadModelBundle(join(folder.path, 'pixie'))
    expect(bundle).toMatchObject({ modelType: 'modernbert', maxTokens: 8192 })
    expect(bundle.pooling).toEqual({ strategy: 'max', activation: 'relu' })
  })

  it('ranks the document of each query of the demonstration first, and has none for the last', async () => {
    const scorer = new ExactScorer()
    const documents = await encoder.encodeDocuments(corpus.map(textOf))
    corpus.forEach(({ _id }, position) => {
      scorer.add(_id, documents[position]!.vector)
    })
    const encoded = await encoder.encodeQueries(queries.map(({ text }) => text))
    const best = encoded.map(({ vector }) => scorer.rank(vector, 5)[0]?.id)
    expect(best).toEqual(['demo-1', 'demo-2', undefined])
    expect(encoded[2]!.vector.size).toBeGreaterThan(0)
  })

  it('shows byte-level tokens as the syllables that they stand for', async () => {
    const [encoding] = await encoder.encodeDocuments(['김치'])
    const tokens = [...encoding!.vector.keys()]
    expect(tokens).toEqual(expect.arrayContaining(['ê¹Ģ', 'ì¹ĺ']))
    expect(tokens.map((token) => encoder.readable?.(token))).toEqual(expect.arrayContaining(['김', '치']))
  })

  it('names parts of a syllable that the vocabulary lacks by the syllable, or else by their bytes', async () => {
    const [encoding] = await encoder.encodeDocuments(['뷁'])
    const tokens = [...encoding!.vector.keys()]
    const shown = tokens.map((token) => readableIn(encoder.readable, token, locateIn(encoder, '뷁')))
    expect(shown.filter((token) => /^뷁\[[1-3](-[23])?\/3\]$/.test(token)).length).toBeGreaterThan(1)
    expect(tokens.map((token) => encoder.readable?.(token)).join()).toMatch(/bytes [89A-F][0-9A-F]/)
  })

  it('locates syllables of three bytes in the text', () => {
    const text = '심장이 아플 때'
    const spans = [...encoder.locate(text).values()].flat().map(([start, end]) => text.slice(start, end))
    expect(spans).toEqual(expect.arrayContaining(['심', '장', '플']))
  })
})
