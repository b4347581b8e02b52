import { ELEMENT_TYPE } from '../onnx/proto.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { rowRange } from '../safetensors.js'
import type { PoolingConfig } from '../pooling-config.js'
import type { Architecture } from './architecture.js'
import type { BodyInputs } from './body-inputs.js'

/**
 * Rows of the vocabulary that are scored at a time. The logits of a chunk, `chunk * tokens` floats, are all
 * that exists of them at once: a whole logit matrix would take 1.6 GB for 8,192 tokens and 50,000 terms.
 */
const VOCABULARY_CHUNK = 4096

/**
 * Writes the masked-LM projection and SPLADE pooling: `log1p(relu(logit))`, joined over the sequence
 * (Formal et al. 2021, https://arxiv.org/abs/2109.10086).
 *
 * @param states flat, `[batch * sequence, hidden]`, after the head's transform
 * @returns term weights `[batch, vocabulary]`, >= 0
 */
export function writeSpladeHead(
  graph: GraphBuilder,
  architecture: Architecture,
  states: Value,
  inputs: BodyInputs,
  pooling: PoolingConfig,
): Value {
  const head = new SpladeHead(graph, architecture, inputs, pooling)
  return head.write(states)
}

class SpladeHead {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly architecture: Architecture,
    private readonly inputs: BodyInputs,
    private readonly pooling: PoolingConfig,
  ) {}

  write(states: Value): Value {
    const { graph, architecture, pooling } = this
    const visible = pooling.strategy === 'max' ? this.repeatFirstOverPadding(states) : states
    const transposed = graph.op('Transpose', [visible])
    const chunks: Value[] = []
    for (let first = 0; first < architecture.vocabularySize; first += VOCABULARY_CHUNK) {
      const rows = Math.min(VOCABULARY_CHUNK, architecture.vocabularySize - first)
      chunks.push(this.poolChunk(transposed, first, rows))
    }
    const pooled = graph.op('Transpose', [graph.op('Concat', chunks, { axis: 0 })])
    return pooling.strategy === 'max' ? this.saturate(pooled) : pooled
  }

  /**
   * Pools one chunk of the vocabulary to `[rows, batch]`. The weight stands on the left, `W @ states^T`: its rows
   * are read in place, without a transposed or packed copy, and each row's tokens lie side by side for the
   * reduction.
   */
  private poolChunk(transposed: Value, first: number, rows: number): Value {
    const { graph, architecture, pooling } = this
    const { decoder } = architecture
    const weight = rowRange(decoder.weight, first, rows)
    const product = graph.op('MatMul', [graph.weight(weight), transposed])
    const shape = graph.op('Concat', [graph.ints([rows]), this.inputs.batchAndSequence], { axis: 0 })
    const logits = graph.op('Reshape', [product, shape])
    const bias =
      decoder.bias &&
      graph.op('Reshape', [graph.weight(rowRange(decoder.bias, first, rows)), graph.ints([rows, 1])])
    if (pooling.strategy === 'sum') return this.sumOverTokens(logits, bias, rows)
    // log1p and relu never decrease, so the maximum may be taken first; a bias is the same for every token.
    const maximum = graph.op('ReduceMax', [logits, graph.ints([2])], { keepdims: 0 })
    return bias === undefined ? maximum : graph.op('Add', [maximum, bias])
  }

  private sumOverTokens(logits: Value, bias: Value | undefined, rows: number): Value {
    const { graph, inputs } = this
    const shifted =
      bias === undefined
        ? logits
        : graph.op('Add', [logits, graph.op('Reshape', [bias, graph.ints([rows, 1, 1])])])
    const weights = this.saturate(shifted)
    const counted =
      inputs.mask === undefined
        ? weights
        : graph.op('Mul', [weights, graph.op('Cast', [inputs.mask], { to: ELEMENT_TYPE.float32 })])
    return graph.op('ReduceSum', [counted, graph.ints([2])], { keepdims: 0 })
  }

  private saturate(logits: Value): Value {
    const { graph, pooling } = this
    const once = this.log1p(graph.op('Relu', [logits]))
    return pooling.activation === 'log1p_relu' ? this.log1p(once) : once
  }

  private log1p(x: Value): Value {
    return this.graph.op('Log', [this.graph.op('Add', [x, this.graph.scalar(1)])])
  }

  /** Padding takes the state of its text's first token: a repeated state never changes a maximum. */
  private repeatFirstOverPadding(states: Value): Value {
    const { graph, inputs, architecture } = this
    if (inputs.mask === undefined) return states
    const { hiddenSize } = architecture
    const shape = graph.op('Concat', [inputs.batchAndSequence, graph.ints([hiddenSize])], { axis: 0 })
    const rows = graph.op('Reshape', [states, shape])
    const first = graph.op('Slice', [rows, graph.ints([0]), graph.ints([1]), graph.ints([1])])
    const visible = graph.op('Unsqueeze', [
      graph.op('Cast', [inputs.mask], { to: ELEMENT_TYPE.bool }),
      graph.ints([2]),
    ])
    return graph.op('Reshape', [graph.op('Where', [visible, rows, first]), graph.ints([-1, hiddenSize])])
  }
}
