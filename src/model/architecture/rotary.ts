import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'

/** Cosines and sines of the rotation angles, `[sequence, headSize / 2]` each. */
export interface RotaryTables {
  readonly cosines: Value
  readonly sines: Value
}

/**
 * Writes the tables of rotary position embeddings (Su et al. 2021, https://arxiv.org/abs/2104.09864). They are
 * computed in the graph for the sequence at hand: some thousand cosines a run instead of megabytes of weights,
 * and no limit on the length.
 *
 * @param length the sequence's length, a 64-bit scalar
 */
export function writeRotaryTables(
  graph: GraphBuilder,
  length: Value,
  headSize: number,
  theta: number,
): RotaryTables {
  const positions = graph.op('Range', [
    graph.scalar(0),
    graph.op('Cast', [length], { to: 1 }),
    graph.scalar(1),
  ])
  const frequencies = graph.floats(inverseFrequencies(headSize, theta), [1, headSize / 2])
  const angles = graph.op('Mul', [graph.op('Unsqueeze', [positions, graph.ints([1])]), frequencies])
  return {
    cosines: graph.asFactor(graph.op('Cos', [angles])),
    sines: graph.asFactor(graph.op('Sin', [angles])),
  }
}

/** Rotates factors, `[batch, sequence, hidden]` queries or keys head by head, each position by its angles. */
export function rotate(graph: GraphBuilder, x: Value, { cosines, sines }: RotaryTables): Value {
  // One position id stands for the first position of every sequence.
  return graph.op('RotaryEmbedding', [x, graph.ints([0]), cosines, sines], {}, MICROSOFT)
}

/** `theta^(-2i / headSize)`, rounded to 32 bits at each step as the models were trained. */
function inverseFrequencies(headSize: number, theta: number): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, index) => {
    const exponent = Math.fround((2 * index) / headSize)
    return 1 / Math.fround(theta ** exponent)
  })
}
