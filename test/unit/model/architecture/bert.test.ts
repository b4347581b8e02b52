import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadModelBundle } from '../../../../src/model/bundle.js'
import { GRAPH_OUTPUTS } from '../../../../src/model/graph.js'
import { type ModelFixture, tinyBert, useTemporaryFolder, writeModelFolder } from '../../../model-folder.js'
import { type Feed, runGraph } from '../../../run-graph.js'

const folder = useTemporaryFolder()
let count = 0

async function write({ config, tensors }: ModelFixture): Promise<string> {
  return writeModelFolder(join(folder.path, `bert-${count++}`), { config, tensors })
}

/** @returns `text:token` -> weight */
async function encode(
  model: ModelFixture,
  ids: readonly (readonly number[])[],
  mask?: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const directory = await write(model)
  const bundle = await loadModelBundle(directory)
  const dims = [ids.length, ids[0]!.length]
  const feeds: Record<string, [Feed, number[]]> = {
    input_ids: [BigInt64Array.from(ids.flat(), BigInt), dims],
    ...(mask && { attention_mask: [Int32Array.from(mask), dims] as [Feed, number[]] }),
  }
  const graph = await bundle.writeGraph({ padded: mask !== undefined })
  const outputs = await runGraph(graph.model, feeds, directory)
  const [rows, tokenIds, weights] = Object.values(GRAPH_OUTPUTS).map((name) => outputs[name])
  const terms = [...(weights!.data as Float32Array)].map((weight, index): [string, number] => [
    `${String((rows!.data as BigInt64Array)[index])}:${String((tokenIds!.data as BigInt64Array)[index])}`,
    weight,
  ])
  return new Map(terms)
}

function expectSame(received: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): void {
  expect(expected.size).toBeGreaterThan(0)
  expect([...received.keys()]).toEqual([...expected.keys()])
  for (const [term, weight] of expected) expect(received.get(term)).toBeCloseTo(weight, 5)
}

function renamed(rename: (name: string) => string): ModelFixture {
  const { config, tensors } = tinyBert()
  const entries = Object.entries(tensors).map(([name, value]) => [rename(name), value] as const)
  return { config, tensors: Object.fromEntries(entries) }
}

describe('readBert', () => {
  it('gives a padded text the weights of the text alone', async () => {
    const [long, short] = [
      [1, 2, 3, 4, 5],
      [6, 7, 8],
    ]
    const padded = await encode(tinyBert(), [long, [...short, 0, 0]], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    const alone = await encode(tinyBert(), [long])
    const second = [...(await encode(tinyBert(), [short]))].map(([term, weight]): [string, number] => [
      term.replace('0:', '1:'),
      weight,
    ])
    expectSame(padded, new Map([...alone, ...second]))
  })

  it.each<[string, (name: string) => string]>([
    ['without the prefix of the masked language model', (name) => name.replace(/^bert\./, '')],
    [
      'with the old names of layer normalisation',
      (name) =>
        name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    ],
    [
      'with the bias under the decoder',
      (name) => name.replace('predictions.bias', 'predictions.decoder.bias'),
    ],
  ])('reads tensors %s', async (_, rename) => {
    expectSame(await encode(renamed(rename), [[1, 2, 3]]), await encode(tinyBert(), [[1, 2, 3]]))
  })

  it('takes a decoder of its own before the word embeddings', async () => {
    const { config, tensors } = tinyBert()
    const embeddings = tensors['bert.embeddings.word_embeddings.weight']!
    const decoder = { ...embeddings, values: embeddings.values.map((value) => 2 * value) }
    const untied = { config, tensors: { ...tensors, 'cls.predictions.decoder.weight': decoder } }
    expect(await encode(untied, [[1, 2, 3]])).not.toEqual(await encode(tinyBert(), [[1, 2, 3]]))
  })

  it.each([
    [{ position_embedding_type: 'relative_key' }, /"position_embedding_type" must be "absolute", found "rel/],
    [{ hidden_act: 'tanh' }, /"hidden_act" must be one of gelu, .*, found "tanh"/],
    [{ num_hidden_layers: 0 }, /"num_hidden_layers" must be an integer >= 1, found 0/],
    [{ num_attention_heads: 3 }, /"num_attention_heads" must be a divisor of hidden_size \(8\), found 3/],
  ])('refuses %j', async (fields, message) => {
    const { config, tensors } = tinyBert()
    await expect(write({ config: { ...config, ...fields }, tensors }).then(loadModelBundle)).rejects.toThrow(
      message,
    )
  })

  it('names a missing layer before anything is encoded', async () => {
    const { config, tensors } = tinyBert()
    const directory = await write({ config: { ...config, num_hidden_layers: 3 }, tensors })
    await expect(loadModelBundle(directory)).rejects.toThrow(
      /no tensor bert\.encoder\.layer\.2\.attention\.self\.query\.weight/,
    )
  })
})
