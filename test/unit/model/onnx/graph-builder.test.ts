import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js'
import { decodeModel } from '../../../../src/model/onnx/proto.js'
import { readSafetensorsHeader, rowRange, type StoredTensor } from '../../../../src/model/safetensors.js'
import { encodeSafetensors, tensor, useTemporaryFolder, writeFiles } from '../../../model-folder.js'
import { runGraph } from '../../../run-graph.js'

const folder = useTemporaryFolder()

async function storedWeight(type: 'F32' | 'BF16' = 'F32'): Promise<StoredTensor> {
  const weight = { ...tensor([3, 2], [1, 2, 3, 4, 5, 6]), type }
  await writeFiles(folder.path, { 'model.safetensors': encodeSafetensors({ weight }) })
  return (await readSafetensorsHeader(join(folder.path, 'model.safetensors'))).get('weight')!
}

function initializers(graph: GraphBuilder): readonly { name: string }[] {
  return (decodeModel(graph.build('test')) as { graph: { initializer: { name: string }[] } }).graph
    .initializer
}

describe('GraphBuilder', () => {
  it('writes a graph that onnxruntime runs', async () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', 'float32', ['batch', 2])
    const scaled = graph.op('Mul', [x, graph.scalar(10)])
    graph.output('y', graph.op('Add', [scaled, graph.floats(Float32Array.of(1, 2), [2])]), 'float32', [
      'batch',
      2,
    ])
    const { y } = await runGraph(graph.build('test'), { x: [Float32Array.of(1, 2, 3, 4), [2, 2]] })
    expect(y).toMatchObject({ dims: [2, 2], data: Float32Array.of(11, 22, 31, 42) })
  })

  it('writes attributes of every kind in use', async () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', 'float32', [1, 4])
    const leaky = graph.op('LeakyRelu', [x], { alpha: { float: 0.5 } })
    const turned = graph.op('Transpose', [leaky], { perm: [1, 0] })
    const added = graph.op('DepthToSpace', [graph.op('Reshape', [turned, graph.ints([1, 4, 1, 1])])], {
      blocksize: 2,
      mode: 'CRD',
    })
    graph.output('y', added, 'float32', [1, 1, 2, 2])
    const { y } = await runGraph(graph.build('test'), { x: [Float32Array.of(-2, 1, -4, 3), [1, 4]] })
    expect(y).toMatchObject({ dims: [1, 1, 2, 2], data: Float32Array.of(-1, 1, -2, 3) })
  })

  it('reads rows of a weight where they lie in the file', async () => {
    const weight = await storedWeight()
    const graph = new GraphBuilder()
    const x = graph.input('x', 'float32', [1, 2])
    graph.output(
      'y',
      graph.op('Gemm', [x, graph.weight(rowRange(weight, 1, 2))], { transB: 1 }),
      'float32',
      [1, 2],
    )
    const { y } = await runGraph(graph.build('test'), { x: [Float32Array.of(1, 10), [1, 2]] }, folder.path)
    expect(y?.data).toEqual(Float32Array.of(43, 65))
  })

  it('widens a weight that is stored in 16 bits', async () => {
    const weight = await storedWeight('BF16')
    const graph = new GraphBuilder()
    const x = graph.input('x', 'float32', [1, 2])
    graph.output('y', graph.op('Gemm', [x, graph.weight(weight)], { transB: 1 }), 'float32', [1, 3])
    const { y } = await runGraph(graph.build('test'), { x: [Float32Array.of(1, 10), [1, 2]] }, folder.path)
    expect(y?.data).toEqual(Float32Array.of(21, 43, 65))
  })

  it('shares equal constants and equal references', async () => {
    const weight = await storedWeight()
    const graph = new GraphBuilder()
    expect(graph.ints([1, 2])).toBe(graph.ints([1, 2]))
    expect(graph.scalar(1)).toBe(graph.scalar(1))
    expect(graph.stored(weight)).toBe(graph.stored(weight))
    expect(initializers(graph)).toHaveLength(3)
  })

  it('keeps constants apart that differ in shape or rows', async () => {
    const weight = await storedWeight()
    const graph = new GraphBuilder()
    expect(graph.ints([1], [])).not.toBe(graph.ints([1]))
    expect(graph.stored(rowRange(weight, 0, 1))).not.toBe(graph.stored(rowRange(weight, 1, 1)))
    expect(new Set(initializers(graph).map(({ name }) => name)).size).toBe(4)
  })
})
