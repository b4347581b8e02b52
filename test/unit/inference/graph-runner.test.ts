import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigurationError, EncodingError, ModelError } from '../../../src/errors.js'
import { type GraphRunner, type GraphTensor, openGraphRunner } from '../../../src/inference/graph-runner.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { GRAPH_OUTPUTS, type ModelGraph } from '../../../src/model/graph.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../model-folder.js'

const folder = useTemporaryFolder()
let graph: ModelGraph
let runner: GraphRunner

beforeAll(async () => {
  const directory = await writeModelFolder(join(folder.path, 'tiny'), tinyBert())
  graph = await (await loadModelBundle(directory)).writeGraph({ padded: false })
  runner = await openGraphRunner(graph, 'tiny', { threads: 1, workers: 2 })
})

afterAll(() => runner.close())

const OUTPUTS = Object.values(GRAPH_OUTPUTS)

const texts = (count: number, ...ids: readonly number[]): GraphTensor => ({
  type: 'int64',
  dims: [count, ids.length],
  data: BigInt64Array.from(Array.from({ length: count }, () => ids).flat(), BigInt),
})

describe('a graph runner', () => {
  it('gives the outputs that were asked for, with shapes and types', async () => {
    const { rows, weights } = GRAPH_OUTPUTS
    const outputs = await runner.run({ input_ids: texts(2, 1, 2, 3) }, [rows, weights])
    expect(Object.keys(outputs).sort()).toEqual([rows, weights].sort())
    expect(outputs[weights]).toMatchObject({ type: 'float32', dims: [outputs[weights]!.data.length] })
    expect(outputs[rows]!.data).toBeInstanceOf(BigInt64Array)
    expect(outputs[rows]!.data).toContain(1n)
  })

  it('answers each of more runs than it has workers', async () => {
    const alone = await Promise.all(
      [1, 2, 3].map((id) => runner.run({ input_ids: texts(1, id) }, [GRAPH_OUTPUTS.weights])),
    )
    const many = await Promise.all(
      [1, 2, 3, 1, 2, 3, 1, 2, 3].map((id) =>
        runner.run({ input_ids: texts(1, id) }, [GRAPH_OUTPUTS.weights]),
      ),
    )
    expect(many).toEqual([...alone, ...alone, ...alone])
  })

  it('leaves the event loop free while it computes', async () => {
    let turns = 0
    const count = setInterval(() => turns++, 1)
    const input = texts(2048, ...Array.from({ length: 32 }, (_, position) => position % 12))
    await runner.run({ input_ids: input }, OUTPUTS)
    clearInterval(count)
    expect(turns).toBeGreaterThan(0)
  })

  it('takes over the buffers that it is given', async () => {
    const input = texts(1, 1, 2)
    await runner.run({ input_ids: input }, OUTPUTS)
    expect(input.data).toHaveLength(0)
  })

  it('names model and shapes of a run that failed, and goes on working', async () => {
    const failed = runner.run({ input_ids: texts(3, 12) }, OUTPUTS)
    await expect(failed).rejects.toThrow(EncodingError)
    await expect(failed).rejects.toThrow(/^model tiny failed on input_ids \[3, 1\]: .*idx=12/s)
    await expect(runner.run({ input_ids: texts(1, 1) }, OUTPUTS)).resolves.toBeDefined()
  })

  it('names an input that the graph does not have', async () => {
    await expect(runner.run({ tokens: texts(1, 1) }, OUTPUTS)).rejects.toThrow(
      /input.*'?input_ids'? is missing/,
    )
  })

  it('finishes what was handed in before it closes, and takes no more', async () => {
    const closing = await openGraphRunner(graph, 'tiny', { threads: 1 })
    const runs = [1, 2, 3].map((id) => closing.run({ input_ids: texts(64, id) }, OUTPUTS))
    await closing.close()
    await expect(Promise.all(runs)).resolves.toHaveLength(3)
    await expect(closing.run({ input_ids: texts(1, 1) }, OUTPUTS)).rejects.toThrow('model tiny is closed')
  })
})

describe('openGraphRunner', () => {
  it.each([
    ['workers', 0],
    ['threads', 1.5],
  ])('refuses %s: %d', async (option, value) => {
    const opening = openGraphRunner(graph, 'tiny', { [option]: value })
    await expect(opening).rejects.toThrow(ConfigurationError)
    await expect(opening).rejects.toThrow(`${option} must be an integer >= 1, received ${value}`)
  })

  it('refuses bytes that are no graph', async () => {
    const opening = openGraphRunner({ ...graph, model: Uint8Array.of(1, 2, 3) }, 'broken', { workers: 2 })
    await expect(opening).rejects.toThrow(ModelError)
    await expect(opening).rejects.toThrow(/^onnxruntime cannot load model broken: /)
  })
})
