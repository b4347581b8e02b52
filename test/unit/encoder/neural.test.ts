import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { createNeuralEncoder } from '../../../src/encoder/neural.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { loadModelBundle, type ModelBundle } from '../../../src/model/bundle.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../model-folder.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const folder = useTemporaryFolder()
let bundle: ModelBundle
let encoder: Encoder

beforeAll(async () => {
  bundle = await loadModelBundle(MODEL)
  encoder = await loadNeuralEncoder(bundle, { pruneQueries: { topK: 3 } })
})

afterAll(() => encoder.close())

describe('the neural encoder', () => {
  it('gives terms heaviest first and none of the special tokens', async () => {
    const [encoding] = await encoder.encodeDocuments(['The [SEP] token ends a text'])
    const weights = [...encoding!.vector.values()]
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
    expect(
      [...encoding!.vector.keys()].filter((token) => /^\[(CLS|SEP|PAD|MASK|UNK)\]$/.test(token)),
    ).toEqual([])
  })

  it.each(['', '   ', '\n'])('gives text %j without content an empty vector', async (text) => {
    const [encoding] = await encoder.encodeDocuments([text])
    expect(encoding).toMatchObject({ truncated: false, fragmentation: 0 })
    expect(encoding!.vector.size).toBe(0)
  })

  it('prunes queries and documents by their own rules', async () => {
    const [query] = await encoder.encodeQueries(['my car does not start'])
    const [document] = await encoder.encodeDocuments(['my car does not start'])
    expect(query!.vector.size).toBe(3)
    expect([...query!.vector]).toEqual([...document!.vector].slice(0, 3))
  })

  it('reports that its vocabulary does not know Korean', async () => {
    const [korean, english] = await encoder.encodeDocuments([
      '대한민국의 수도는 서울이다',
      'Seoul is the capital of Korea',
    ])
    expect(korean!.fragmentation).toBeGreaterThan(0.9)
    expect(english!.fragmentation).toBeLessThan(0.2)
  })

  it('locates tokens by UTF-16 units of the text', () => {
    const text = '😀 Car, car and CARS'
    const spans = encoder.locate(text).get('car')
    expect(spans?.map(([start, end]) => text.slice(start, end))).toEqual(['Car', 'car'])
  })
})

describe('the neural encoder of a model that was trained with prompts', () => {
  const prompts = { query: 'search query: ', document: 'passage: ' }
  let prompted: Encoder
  let plain: Encoder
  beforeAll(async () => {
    prompted = await loadNeuralEncoder({ ...bundle, prompts }, { chunkTokens: 24 })
    plain = await loadNeuralEncoder(bundle, { chunkTokens: 24 })
  })
  afterAll(() => Promise.all([prompted.close(), plain.close()]))

  it('puts the prompt of its kind before a text', async () => {
    const text = 'my car does not start'
    const [query] = await prompted.encodeQueries([text])
    const [document] = await prompted.encodeDocuments([text])
    const [expectedQuery] = await plain.encodeQueries([prompts.query + text])
    const [expectedDocument] = await plain.encodeDocuments([prompts.document + text])
    expect(query).toEqual({ ...expectedQuery!, fragmentation: query!.fragmentation })
    expect(document).toEqual({ ...expectedDocument!, fragmentation: document!.fragmentation })
    expect(prompted.locate(text)).toEqual(plain.locate(text))
  })

  it('puts it before every chunk, and knows where chunks stand in the text', async () => {
    const nested = await loadNeuralEncoder({ ...bundle, prompts }, { chunkTokens: 24, longTexts: 'nested' })
    const text = 'The sun shines on the hills. '.repeat(8)
    const [encoding] = await nested.encodeDocuments([text])
    await nested.close()
    expect(encoding!.chunks!.length).toBeGreaterThan(2)
    for (const { span, vector } of encoding!.chunks!) {
      const [alone] = await plain.encodeDocuments([prompts.document + text.slice(...span)])
      expect([...vector]).toEqual([...alone!.vector])
    }
  })

  it.each(['', '  ', '[SEP]'])('gives text %j an empty vector, whatever the prompt says', async (text) => {
    const [[query], [document]] = await Promise.all([
      prompted.encodeQueries([text]),
      prompted.encodeDocuments([text]),
    ])
    expect([query!.vector.size, document!.vector.size]).toEqual([0, 0])
  })
})

describe('the neural encoder of a vocabulary that leaves ids out', () => {
  it('gives no weight to rows that no token has', async () => {
    const { config, tensors } = tinyBert()
    const directory = await writeModelFolder(join(folder.path, 'gaps'), { config, tensors })
    const path = join(directory, 'tokenizer.json')
    const tokenizer = JSON.parse(await readFile(path, 'utf8')) as { model: { vocab: Record<string, number> } }
    const encode = async () => {
      const encoder = await loadNeuralEncoder(await loadModelBundle(directory))
      const [encoding] = await encoder.encodeDocuments(['word1 word2 word3'])
      await encoder.close()
      return [...encoding!.vector]
    }
    const all = await encode()
    const left = all.map(([token]) => token).find((token) => !['word1', 'word2', 'word3'].includes(token))!
    const vocab = Object.fromEntries(
      Object.entries(tokenizer.model.vocab).filter(([token]) => token !== left),
    )
    await writeFile(path, JSON.stringify({ ...tokenizer, model: { ...tokenizer.model, vocab } }))
    expect(await encode()).toEqual(all.filter(([token]) => token !== left))
  })
})

describe('the neural encoder on many texts', () => {
  it('has the model work on the first ones while it cuts the others', async () => {
    const tokenizer = loadTokenizer(bundle.tokenizerFiles)
    let cut = 0
    const cutAtRun: number[] = []
    const counting = Object.create(tokenizer, {
      tokenize: {
        value: (...args: Parameters<typeof tokenizer.tokenize>) => (cut++, tokenizer.tokenize(...args)),
      },
    }) as typeof tokenizer
    const many = createNeuralEncoder({
      ...{ identity: bundle, maxTokens: 512, tokenizer: counting },
      session: {
        run: (batch) => {
          cutAtRun.push(cut)
          return Promise.resolve(
            batch.map(() => ({ tokenIds: new Int32Array(), weights: new Float32Array() })),
          )
        },
        close: () => Promise.resolve(),
      },
    })
    const texts = Array.from({ length: 100 }, () => 'word '.repeat(98))
    cut = 0
    expect(await many.encodeDocuments(texts)).toHaveLength(texts.length)
    expect(cut).toBe(texts.length)
    expect(cutAtRun[0]).toBeLessThan(texts.length / 2)
  })
})

const PARTS = [
  'Bread is baked in a hot oven. The dough rises over night.',
  'The orchestra plays a symphony. Violins and trumpets are heard.',
  'A volcano erupts. Lava flows into the sea.',
]
const LONG = PARTS.join(' ')

/** Runs `use` with an encoder of other options and closes it. */
async function withEncoder<Result>(
  options: Parameters<typeof loadNeuralEncoder>[1],
  use: (encoder: Encoder) => Promise<Result>,
): Promise<Result> {
  const other = await loadNeuralEncoder(bundle, options)
  try {
    return await use(other)
  } finally {
    await other.close()
  }
}

describe('the neural encoder on texts longer than a chunk', () => {
  it('keeps the chunks with their places where they are nested, and the largest weight of each token', async () => {
    await withEncoder({ longTexts: 'nested', chunkTokens: 17 }, async (nested) => {
      const [encoding] = await nested.encodeDocuments([LONG])
      expect(encoding).toMatchObject({ chunkCount: 3, truncated: false })
      expect(encoding!.chunks!.map(({ span }) => LONG.slice(...span))).toEqual(PARTS)
      const alone = await encoder.encodeDocuments(PARTS)
      expect(encoding!.chunks!.map(({ vector }) => vector)).toEqual(alone.map(({ vector }) => vector))
      for (const [token, weight] of encoding!.vector) {
        expect(weight).toBe(Math.max(...alone.map(({ vector }) => vector.get(token) ?? 0)))
      }
      expect(new Set(encoding!.vector.keys())).toEqual(
        new Set(alone.flatMap(({ vector }) => [...vector.keys()])),
      )
    })
  })

  it('merges by default, and prunes what was merged', async () => {
    await withEncoder({ chunkTokens: 17, pruneDocuments: { topK: 5 } }, async (merging) => {
      const [encoding] = await merging.encodeDocuments([LONG])
      const alone = await encoder.encodeDocuments(PARTS)
      const weights = new Map<string, number>()
      for (const { vector } of alone)
        for (const [token, weight] of vector) weights.set(token, Math.max(weight, weights.get(token) ?? 0))
      const heaviest = [...weights].sort((a, b) => b[1] - a[1]).slice(0, 5)
      expect([...encoding!.vector]).toEqual(heaviest)
      expect(encoding).toMatchObject({ chunkCount: 3, truncated: false, tokenCount: 40 })
      expect(encoding).not.toHaveProperty('chunks')
    })
  })

  it('gives a short text one chunk, and an empty one an empty chunk', async () => {
    await withEncoder({ longTexts: 'nested' }, async (nested) => {
      const [short, empty] = await nested.encodeDocuments(['a volcano', ''])
      expect(short!.chunks).toEqual([{ span: [0, 9], vector: short!.vector }])
      expect(empty!.chunks).toEqual([{ span: [0, 0], vector: new Map() }])
    })
  })

  it('merges queries where documents are nested', async () => {
    await withEncoder({ longTexts: 'nested', chunkTokens: 17 }, async (nested) => {
      const [[document], [query]] = await Promise.all([
        nested.encodeDocuments([LONG]),
        nested.encodeQueries([LONG]),
      ])
      expect(query!.vector).toEqual(document!.vector)
      expect(query).not.toHaveProperty('chunks')
    })
  })

  it('drops the end and says so where it is to truncate', async () => {
    await withEncoder({ longTexts: 'truncate' }, async (truncating) => {
      const [long, short] = await truncating.encodeDocuments(['word '.repeat(700), 'word'])
      expect(long).toMatchObject({ truncated: true, tokenCount: 702, chunkCount: 1 })
      expect(short).toMatchObject({ truncated: false, tokenCount: 3, chunkCount: 1 })
    })
  })

  it('gives texts the same vectors whether they are encoded together or alone', async () => {
    await withEncoder({ chunkTokens: 9, chunkOverlap: 2 }, async (merging) => {
      const texts = [LONG, ...PARTS, '', LONG]
      const together = await merging.encodeDocuments(texts)
      for (const [index, text] of texts.entries()) {
        expect(await merging.encodeDocuments([text])).toEqual([together[index]])
      }
    })
  })

  it('says how it treats long texts', () => {
    expect(encoder.longTexts).toEqual({ longTexts: 'merge', chunkTokens: 512, chunkOverlap: 0 })
  })
})
