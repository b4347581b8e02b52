import { ELEMENT_TYPE } from '../onnx/proto.js'
import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'
import type { BodyInputs } from './body-inputs.js'
import type { AttentionStates, HeadShape } from './layers.js'

/**
 * Queries of a block. Its keys are the block and `reach` positions on both sides, so that a larger block reads
 * fewer keys twice but scores more pairs out of reach; of 32, 64 and 128, 64 was fastest for a reach of 64.
 */
const BLOCK = 64

/** Added to the score of a key that a query must not see: its weight becomes 0, and no row becomes NaN. */
const OUT_OF_REACH = -1e30

/**
 * Attention in which a token sees the `reach` tokens on each side, computed block by block, so that time and
 * memory grow with the length of the sequence and not with its square. What does not depend on a layer's
 * states (which rows belong to a block, which pairs are in reach) is written once for all layers.
 */
export class LocalAttention {
  private readonly graph: GraphBuilder
  private readonly sequence: Value
  private readonly batch: Value
  /** Rows of the sequence that stand in each place of each block, clamped to the sequence; `[blocks * places]`. */
  private readonly queryRows: Value
  private readonly keyRows: Value
  private readonly queriesOfBlock: Value
  private readonly keysOfBlock: Value
  /** `[batch * blocks, 1, queries, keys]`. */
  private readonly bias: Value

  /**
   * @param reach farthest distance of a token that is seen
   */
  constructor(
    graph: GraphBuilder,
    private readonly shape: HeadShape,
    reach: number,
    private readonly inputs: BodyInputs,
  ) {
    this.graph = graph
    const part = (index: number): Value =>
      graph.op('Slice', [inputs.batchAndSequence, graph.ints([index]), graph.ints([index + 1])])
    this.batch = part(0)
    this.sequence = part(1)
    // A text shorter than a block is one block, and reaches no farther than its own length.
    this.queriesOfBlock = graph.op('Min', [this.sequence, graph.ints([BLOCK])])
    const side = graph.op('Min', [this.sequence, graph.ints([reach])])
    this.keysOfBlock = graph.op('Add', [this.queriesOfBlock, graph.op('Add', [side, side])])
    const starts = this.blockStarts()
    this.queryRows = this.clamp(this.rowsOfBlocks(starts, this.queriesOfBlock))
    const keys = this.rowsOfBlocks(graph.op('Sub', [starts, side]), this.keysOfBlock)
    this.keyRows = this.clamp(keys)
    this.bias = this.writeBias(keys, side, reach)
  }

  /** @returns `[batch, sequence, hidden]` */
  write({ query, key, value }: AttentionStates): Value {
    const { graph, shape } = this
    const inputs = [
      this.gatherBlocks(query, this.queryRows, this.queriesOfBlock),
      this.gatherBlocks(key, this.keyRows, this.keysOfBlock),
      this.gatherBlocks(value, this.keyRows, this.keysOfBlock),
    ]
    const attributes = { num_heads: shape.heads }
    const context = graph.op('MultiHeadAttention', [...inputs, '', '', this.bias], attributes, MICROSOFT)
    const joined = graph.op('Reshape', [
      context,
      graph.op('Concat', [this.batch, graph.ints([-1, shape.hiddenSize])], { axis: 0 }),
    ])
    return graph.op('Slice', [joined, graph.ints([0]), this.sequence, graph.ints([1])])
  }

  /** First position of each block, `[blocks, 1]`. */
  private blockStarts(): Value {
    const { graph } = this
    const squeeze = (x: Value): Value => graph.op('Squeeze', [x])
    const starts = graph.op('Range', [
      graph.ints([0], []),
      squeeze(this.sequence),
      squeeze(this.queriesOfBlock),
    ])
    return graph.op('Unsqueeze', [starts, graph.ints([1])])
  }

  /** Positions `start + 0 … start + count - 1` of each block, `[blocks, count]`; some lie outside the sequence. */
  private rowsOfBlocks(starts: Value, count: Value): Value {
    return this.graph.op('Add', [starts, this.range(count)])
  }

  private range(count: Value): Value {
    const { graph } = this
    return graph.op('Range', [graph.ints([0], []), graph.op('Squeeze', [count]), graph.ints([1], [])])
  }

  private clamp(rows: Value): Value {
    const { graph } = this
    const last = graph.op('Sub', [this.sequence, graph.ints([1])])
    const clamped = graph.op('Max', [graph.op('Min', [rows, last]), graph.ints([0])])
    return graph.op('Reshape', [clamped, graph.ints([-1])])
  }

  /** `[batch, sequence, hidden]` -> `[batch * blocks, count, hidden]`. */
  private gatherBlocks(x: Value, rows: Value, count: Value): Value {
    const { graph, shape } = this
    const gathered = graph.op('Gather', [x, rows], { axis: 1 })
    const dims = graph.op('Concat', [graph.ints([-1]), count, graph.ints([shape.hiddenSize])], { axis: 0 })
    return graph.op('Reshape', [gathered, dims])
  }

  private writeBias(keys: Value, side: Value, reach: number): Value {
    const { graph } = this
    const visible = graph.op('And', [this.inReach(side, reach), this.keysThatExist(keys)])
    const bias = graph.op('Where', [visible, graph.scalar(0), graph.scalar(OUT_OF_REACH)])
    const dims = [graph.ints([-1, 1]), this.queriesOfBlock, this.keysOfBlock]
    return graph.op('Reshape', [bias, graph.op('Concat', dims, { axis: 0 })])
  }

  /** Which keys of a block each of its queries reaches, the same in every block: `[queries, keys]`. */
  private inReach(side: Value, reach: number): Value {
    const { graph } = this
    const queries = graph.op('Unsqueeze', [this.range(this.queriesOfBlock), graph.ints([1])])
    const distance = graph.op('Abs', [
      graph.op('Sub', [graph.op('Sub', [this.range(this.keysOfBlock), side]), queries]),
    ])
    return graph.op('LessOrEqual', [distance, graph.ints([reach])])
  }

  /** Keys inside the sequence that are not padding: `[batch, blocks, 1, keys]`. */
  private keysThatExist(keys: Value): Value {
    const { graph, inputs } = this
    const inside = graph.op('And', [
      graph.op('GreaterOrEqual', [keys, graph.ints([0])]),
      graph.op('Less', [keys, this.sequence]),
    ])
    const ofEveryText = graph.op('Unsqueeze', [inside, graph.ints([0, 2])])
    if (inputs.mask === undefined) {
      const one = graph.ints([1])
      const dims = graph.op('Concat', [this.batch, one, one, one], { axis: 0 })
      return graph.op('Expand', [ofEveryText, dims])
    }
    const gathered = graph.op('Gather', [inputs.mask, this.keyRows], { axis: 1 })
    const dims = graph.op('Concat', [this.batch, graph.ints([-1, 1]), this.keysOfBlock], { axis: 0 })
    const tokens = graph.op('Cast', [graph.op('Reshape', [gathered, dims])], { to: ELEMENT_TYPE.bool })
    return graph.op('And', [ofEveryText, tokens])
  }
}
