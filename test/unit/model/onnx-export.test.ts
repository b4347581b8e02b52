import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { createSession } from '../../../src/inference/splade-session.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { GraphBuilder, type GraphBuilderOptions, type Value } from '../../../src/model/onnx/graph-builder.js'
import { ELEMENT_TYPE, type ElementType } from '../../../src/model/onnx/proto.js'
import { readSafetensorsHeader } from '../../../src/model/safetensors.js'
import {
  encodeSafetensors,
  tensor,
  tinyBert,
  useTemporaryFolder,
  writeFiles,
  writeModelFolder,
} from '../../model-folder.js'

const folder = useTemporaryFolder()
let count = 0

/** Logits of three terms, by token id. */
const LOGITS = [
  [1, -1, 0],
  [2, 0.5, 0],
  [-3, 4, -1],
]

interface Inputs {
  readonly inputIds: Value
  readonly mask: Value
}

interface ExportOptions extends GraphBuilderOptions {
  readonly type?: ElementType
  /** Default: `input_ids` and `attention_mask`. */
  readonly inputs?: readonly string[]
  readonly write?: (graph: GraphBuilder, inputs: Inputs) => void
  readonly file?: string
}

/** A model folder with an export written here in place of weights. */
async function exported(options: ExportOptions = {}): Promise<string> {
  const { type = 'int64', inputs = ['input_ids', 'attention_mask'], file = 'model.onnx' } = options
  const graph = new GraphBuilder(options)
  const [inputIds = '', mask = ''] = inputs.map((name) => graph.input(name, type, ['batch', 'sequence']))
  const write = options.write ?? writeLogits
  write(graph, { inputIds, mask })
  const directory = join(folder.path, `export-${count++}`)
  await writeFiles(directory, {
    'config.json': { model_type: 'anything', vocab_size: 3, max_position_embeddings: 16 },
    'tokenizer.json': {},
    [`onnx/${file}`]: Buffer.from(graph.build('export')),
  })
  return directory
}

function logits(graph: GraphBuilder, inputIds: Value): Value {
  return graph.op('Gather', [graph.floats(Float32Array.from(LOGITS.flat()), [3, 3]), inputIds])
}

function writeLogits(graph: GraphBuilder, { inputIds }: Inputs): void {
  graph.output('logits', logits(graph, inputIds), 'float32', ['batch', 'sequence', 3])
}

async function encode(
  directory: string,
  texts: readonly (readonly number[])[],
): Promise<readonly Readonly<Record<number, number>>[]> {
  const session = await createSession(await loadModelBundle(directory), { padded: true })
  const rows = await session.run(texts.map((ids) => Int32Array.from(ids)))
  await session.close()
  return rows.map(({ tokenIds, weights }) =>
    Object.fromEntries([...tokenIds].map((id, index) => [id, Number(weights[index]!.toFixed(5))])),
  )
}

function log1p(value: number): number {
  return Number(Math.log1p(value).toFixed(5))
}

const TEXTS = [[0, 1], [2]]
const POOLED = [{ 0: log1p(2), 1: log1p(0.5) }, { 1: log1p(4) }]

describe('an export that ends in logits', () => {
  it.each([13, 17, 18, 21])('is pooled, with opset %i', async (opset) => {
    expect(await encode(await exported({ opset }), TEXTS)).toEqual(POOLED)
  })

  it('may take its inputs in 32 bits', async () => {
    expect(await encode(await exported({ type: 'int32' }), TEXTS)).toEqual(POOLED)
  })

  it('may give them in 16 bits', async () => {
    const write = (graph: GraphBuilder, { inputIds }: Inputs): void => {
      const halves = graph.op('Cast', [logits(graph, inputIds)], { to: ELEMENT_TYPE.float16 })
      graph.output('logits', halves, 'float16', ['batch', 'sequence', 'vocabulary'])
    }
    expect(await encode(await exported({ write }), TEXTS)).toEqual(POOLED)
  })

  it('may give other values too', async () => {
    const write = (graph: GraphBuilder, inputs: Inputs): void => {
      const states = graph.op('Relu', [logits(graph, inputs.inputIds)])
      graph.output('last_hidden_state', states, 'float32', ['batch', 'sequence', 3])
      writeLogits(graph, inputs)
    }
    expect(await encode(await exported({ write }), TEXTS)).toEqual(POOLED)
  })

  it('pools as the folder says', async () => {
    const directory = await exported()
    await writeFiles(directory, { '1_SpladePooling/config.json': { pooling_strategy: 'sum' } })
    const sum = Number((Math.log1p(1) + Math.log1p(2)).toFixed(5))
    expect(await encode(directory, TEXTS)).toEqual([{ 0: sum, 1: log1p(0.5) }, { 1: log1p(4) }])
  })

  it('finds weights beside it', async () => {
    const directory = join(folder.path, 'external')
    const values = encodeSafetensors({ table: tensor([3, 3], LOGITS.flat()) })
    await writeFiles(directory, { 'onnx/model.onnx_data': values })
    const table = (await readSafetensorsHeader(join(directory, 'onnx/model.onnx_data'))).get('table')!
    const source = await exported({
      write: (graph, { inputIds }) => {
        const rows = graph.op('Gather', [graph.stored(table), inputIds])
        graph.output('logits', rows, 'float32', ['batch', 'sequence', 3])
      },
    })
    await writeFile(join(source, 'onnx/model.onnx_data'), values)
    const before = (await loadModelBundle(source)).fingerprint
    expect(await encode(source, TEXTS)).toEqual(POOLED)
    await writeFile(join(source, 'onnx/model.onnx_data'), Buffer.concat([values, Buffer.alloc(1)]))
    expect((await loadModelBundle(source)).fingerprint).not.toBe(before)
  })
})

describe('an export that ends in weights', () => {
  it('is taken as it is', async () => {
    const write = (graph: GraphBuilder, { inputIds }: Inputs): void => {
      const summed = graph.op('ReduceSum', [logits(graph, inputIds), graph.ints([1])], { keepdims: 0 })
      graph.output('output', summed, 'float32', ['batch', 3])
    }
    expect(await encode(await exported({ write }), [[0, 0]])).toEqual([{ 0: 2 }])
  })
})

describe('loadModelBundle with an export', () => {
  it('reads limits from config.json and the vocabulary from the graph', async () => {
    expect(await loadModelBundle(await exported())).toMatchObject({ vocabularySize: 3, maxTokens: 16 })
  })

  it('prefers safetensors', async () => {
    const directory = await writeModelFolder(join(folder.path, 'both'), tinyBert())
    await mkdir(join(directory, 'onnx'))
    await writeFile(join(directory, 'onnx/model.onnx'), 'not a model')
    expect((await loadModelBundle(directory)).vocabularySize).toBe(12)
  })

  it('finds other precisions by the names that exporters use', async () => {
    const directory = await exported({ file: 'model_quantized.onnx' })
    expect((await loadModelBundle(directory, { precision: 'int8' })).vocabularySize).toBe(3)
  })

  it.each<[string, ExportOptions, RegExp]>([
    ['an old opset', { opset: 11 }, /model\.onnx has opset 11; export it with opset 13 or later/],
    [
      'an input that is not known',
      { inputs: ['input_ids', 'position_ids'] },
      /inputs must be 32 or 64-bit input_ids, attention_mask, token_type_ids, found int64 position_ids/,
    ],
    ['inputs of another type', { type: 'float32' }, /found float32 input_ids/],
    ['no mask', { inputs: ['input_ids'] }, /the input attention_mask is missing, found input_ids/],
    [
      'an output that is neither logits nor weights',
      {
        write: (graph, { inputIds }) => {
          graph.output('ids', graph.op('Identity', [inputIds]), 'int64', ['batch', 'sequence'])
        },
      },
      /must give logits .* or weights .*, found ids \(int64 \[batch, sequence\]\)/,
    ],
  ])('refuses %s', async (_, options, message) => {
    await expect(exported(options).then((directory) => loadModelBundle(directory))).rejects.toThrow(message)
  })

  it.each([
    ['text', Buffer.from('version https://git-lfs.github.com/spec/v1')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses a file that holds %s', async (_, content) => {
    const directory = await exported()
    await writeFile(join(directory, 'onnx/model.onnx'), content)
    await expect(loadModelBundle(directory)).rejects.toThrow(/model\.onnx is not an ONNX model/)
  })

  it('refuses half a file', async () => {
    const directory = await exported()
    const whole = await readFile(join(directory, 'onnx/model.onnx'))
    await writeFile(join(directory, 'onnx/model.onnx'), whole.subarray(0, whole.length / 2))
    await expect(loadModelBundle(directory)).rejects.toThrow(/model\.onnx is not an ONNX model/)
  })
})
