import { ELEMENT_TYPE } from '../onnx/proto.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { rowRange } from '../safetensors.js'
import type { PoolingConfig } from '../pooling-config.js'
import type { Architecture } from './architecture.js'
import type { BodyInputs } from './body-inputs.js'
import { flatten, linear, unflatten } from './layers.js'

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

/** Logits -> term weights, of any shape. */
export function saturate(graph: GraphBuilder, logits: Value, activation: PoolingConfig['activation']): Value {
  const once = log1p(graph, graph.op('Relu', [logits]))
  return activation === 'log1p_relu' ? log1p(graph, once) : once
}

function log1p(graph: GraphBuilder, x: Value): Value {
  return graph.op('Log', [graph.op('Add', [x, graph.scalar(1)])])
}

class SpladeHead {
  /** Runtime shape `[sequence, …]`, in which position after position stands with its texts side by side. */
  private readonly byPosition: Value

  constructor(
    private readonly graph: GraphBuilder,
    private readonly architecture: Architecture,
    private readonly inputs: BodyInputs,
    private readonly pooling: PoolingConfig,
  ) {
    const sequence = graph.op('Slice', [inputs.batchAndSequence, graph.ints([1]), graph.ints([2])])
    this.byPosition = graph.op('Concat', [sequence, graph.ints([-1])], { axis: 0 })
  }

  write(states: Value): Value {
    const { graph, architecture, pooling } = this
    const ordered = this.orderByPosition(states)
    const chunks: Value[] = []
    for (let first = 0; first < architecture.vocabularySize; first += VOCABULARY_CHUNK) {
      const rows = Math.min(VOCABULARY_CHUNK, architecture.vocabularySize - first)
      chunks.push(this.poolChunk(ordered, first, rows))
    }
    const pooled = graph.op('Concat', chunks, { axis: 1 })
    return pooling.strategy === 'max' ? saturate(graph, pooled, pooling.activation) : pooled
  }

  /**
   * `[batch * sequence, hidden]` -> `[sequence * batch, hidden]`: pooling then reduces the first dimension, which
   * onnxruntime does ten times as fast as one in the middle.
   */
  private orderByPosition(states: Value): Value {
    const { graph, inputs, architecture } = this
    const { hiddenSize } = architecture
    const rows = unflatten(graph, states, inputs.batchAndSequence, hiddenSize)
    const visible = this.pooling.strategy === 'max' ? this.repeatFirstOverPadding(rows) : rows
    return flatten(graph, graph.op('Transpose', [visible], { perm: [1, 0, 2] }), hiddenSize)
  }

  /** Pools one chunk of the vocabulary to `[batch, rows]`. */
  private poolChunk(states: Value, first: number, rows: number): Value {
    const { graph } = this
    const { weight, bias } = this.architecture.decoder
    const chunk = { weight: rowRange(weight, first, rows), bias: bias && rowRange(bias, first, rows) }
    if (this.pooling.strategy === 'sum')
      return this.sumOverTokens(graph.asState(linear(graph, states, chunk)), rows)
    // log1p and relu never decrease, so the maximum may be taken first; a bias is the same for every token.
    const maximum = graph.asState(
      this.reduce('ReduceMax', linear(graph, states, { ...chunk, bias: undefined }), rows),
    )
    return chunk.bias === undefined ? maximum : graph.op('Add', [maximum, graph.weight(chunk.bias)])
  }

  private sumOverTokens(logits: Value, rows: number): Value {
    const { graph, inputs, pooling } = this
    const weights = saturate(graph, logits, pooling.activation)
    if (inputs.mask === undefined) return this.reduce('ReduceSum', weights, rows)
    return this.reduce('ReduceSum', graph.op('Mul', [weights, this.tokenColumn(inputs.mask)]), rows)
  }

  /** `[sequence * batch, rows]` -> `[batch, rows]`. */
  private reduce(operator: 'ReduceMax' | 'ReduceSum', x: Value, rows: number): Value {
    const { graph } = this
    const positions = graph.op('Reshape', [x, this.byPosition])
    const reduced = graph.op(operator, [positions, graph.ints([0])], { keepdims: 0 })
    return graph.op('Reshape', [reduced, graph.ints([-1, rows])])
  }

  /** 1 for a token and 0 for padding, `[sequence * batch, 1]`. */
  private tokenColumn(mask: Value): Value {
    const { graph } = this
    const byPosition = graph.op('Transpose', [graph.op('Cast', [mask], { to: ELEMENT_TYPE.float32 })])
    return graph.op('Reshape', [byPosition, graph.ints([-1, 1])])
  }

  /** Padding takes the state of its text's first token: a repeated state never changes a maximum. */
  private repeatFirstOverPadding(rows: Value): Value {
    const { graph, inputs } = this
    if (inputs.mask === undefined) return rows
    const first = graph.op('Slice', [rows, graph.ints([0]), graph.ints([1]), graph.ints([1])])
    const isToken = graph.op('Cast', [inputs.mask], { to: ELEMENT_TYPE.bool })
    return graph.op('Where', [graph.op('Unsqueeze', [isToken, graph.ints([2])]), rows, first])
  }
}
