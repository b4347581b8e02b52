import { ELEMENT_TYPE } from '../onnx/proto.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { rowRange } from '../safetensors.js'
import type { PoolingConfig } from '../pooling-config.js'
import type { Architecture } from './architecture.js'
import type { BodyInputs } from './body-inputs.js'
import { type Linear, linear, unflatten } from './layers.js'

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
  constructor(
    private readonly graph: GraphBuilder,
    private readonly architecture: Architecture,
    private readonly inputs: BodyInputs,
    private readonly pooling: PoolingConfig,
  ) {}

  write(states: Value): Value {
    const { architecture, pooling } = this
    const visible = pooling.strategy === 'max' ? this.repeatFirstOverPadding(states) : states
    const chunks: Value[] = []
    for (let first = 0; first < architecture.vocabularySize; first += VOCABULARY_CHUNK) {
      const rows = Math.min(VOCABULARY_CHUNK, architecture.vocabularySize - first)
      chunks.push(this.poolChunk(visible, first, rows))
    }
    const pooled = this.graph.op('Concat', chunks, { axis: 1 })
    return pooling.strategy === 'max' ? saturate(this.graph, pooled, pooling.activation) : pooled
  }

  /** Pools one chunk of the vocabulary to `[batch, rows]`. */
  private poolChunk(states: Value, first: number, rows: number): Value {
    const { graph, inputs, pooling } = this
    const { weight, bias } = this.architecture.decoder
    const chunk = { weight: rowRange(weight, first, rows), bias: bias && rowRange(bias, first, rows) }
    const unflattened = (layer: Linear): Value =>
      unflatten(graph, linear(graph, states, layer), inputs.batchAndSequence, rows)
    if (pooling.strategy === 'sum') return this.sumOverTokens(unflattened(chunk))
    // log1p and relu never decrease, so the maximum may be taken first; a bias is the same for every token.
    const logits = unflattened({ ...chunk, bias: undefined })
    const maximum = graph.op('ReduceMax', [logits, graph.ints([1])], { keepdims: 0 })
    return chunk.bias === undefined ? maximum : graph.op('Add', [maximum, graph.weight(chunk.bias)])
  }

  private sumOverTokens(logits: Value): Value {
    const { graph, inputs, pooling } = this
    const weights = saturate(graph, logits, pooling.activation)
    const counted =
      inputs.mask === undefined ? weights : graph.op('Mul', [weights, this.tokenColumn(inputs.mask)])
    return graph.op('ReduceSum', [counted, graph.ints([1])], { keepdims: 0 })
  }

  /** 1 for a token and 0 for padding, `[batch, sequence, 1]`. */
  private tokenColumn(mask: Value): Value {
    const { graph } = this
    return graph.op('Unsqueeze', [graph.op('Cast', [mask], { to: ELEMENT_TYPE.float32 }), graph.ints([2])])
  }

  /** Padding takes the state of its text's first token: a repeated state never changes a maximum. */
  private repeatFirstOverPadding(states: Value): Value {
    const { graph, inputs, architecture } = this
    if (inputs.mask === undefined) return states
    const { hiddenSize } = architecture
    const rows = unflatten(graph, states, inputs.batchAndSequence, hiddenSize)
    const first = graph.op('Slice', [rows, graph.ints([0]), graph.ints([1]), graph.ints([1])])
    const visible = graph.op('Unsqueeze', [
      graph.op('Cast', [inputs.mask], { to: ELEMENT_TYPE.bool }),
      graph.ints([2]),
    ])
    return graph.op('Reshape', [graph.op('Where', [visible, rows, first]), graph.ints([-1, hiddenSize])])
  }
}
