import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { openGraphRunner } from '../../../src/inference/graph-runner.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { GRAPH_OUTPUTS, type GraphOptions } from '../../../src/model/graph.js'

const MODELS = fileURLToPath(new URL('../../oracle/architectures/models/', import.meta.url))
const IDS = [2, 17, 101, 99, 42, 17, 8, 200, 3]

/** Weights by token id, of a text alone or beside a shorter one. */
async function weigh(model: string, options: GraphOptions): Promise<ReadonlyMap<number, number>> {
  const bundle = await loadModelBundle(MODELS + model)
  const graph = await bundle.writeGraph(options)
  const runner = await openGraphRunner(graph, model, { threads: 1 })
  const texts = options.padded ? [...IDS, 2, 17, 3, 0, 0, 0, 0, 0, 0] : IDS
  const dims = [texts.length / IDS.length, IDS.length]
  const mask = Int32Array.from(texts, (id) => Number(id !== 0))
  const outputs = await runner.run(
    {
      input_ids: { type: 'int64', dims, data: BigInt64Array.from(texts, BigInt) },
      ...(options.padded && { attention_mask: { type: 'int32', dims, data: mask } }),
    },
    Object.values(GRAPH_OUTPUTS),
  )
  await runner.close()
  const rows = [...outputs[GRAPH_OUTPUTS.rows]!.data].map(Number)
  const ids = [...outputs[GRAPH_OUTPUTS.tokenIds]!.data].map(Number)
  const weights = [...outputs[GRAPH_OUTPUTS.weights]!.data].map(Number)
  return new Map(ids.flatMap((id, index) => (rows[index] === 0 ? [[id, weights[index]!] as const] : [])))
}

// onnxruntime has few kernels for 16 bits on CPUs, and computes the rest in 32: the graph is tried, not its rounding.
describe.each(['bert', 'modernbert', 'distilbert', 'roberta'])('the graph of %s in halves', (model) => {
  it.each([false, true])('gives nearly the weights of the graph in 32 bits (padded: %p)', async (padded) => {
    const exact = await weigh(model, { padded })
    const halves = await weigh(model, { padded, halves: true })
    const heaviest = Math.max(...exact.values())
    const differences = [...exact].map(([id, weight]) => Math.abs(weight - (halves.get(id) ?? 0)))
    expect(Math.max(...differences)).toBeLessThan(0.02 * heaviest)
  })

  it('holds products of 16 bits, and none without being asked', async () => {
    const bundle = await loadModelBundle(MODELS + model)
    const write = async (options: GraphOptions): Promise<Uint8Array> =>
      (await bundle.writeGraph(options)).model
    const plain = await write({ padded: true })
    expect(await write({ padded: true, halves: false })).toEqual(plain)
    expect(await write({ padded: true, halves: true })).not.toEqual(plain)
  })
})
