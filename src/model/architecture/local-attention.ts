import { ELEMENT_TYPE } from '../onnx/proto.js'
import { type GraphBuilder, MICROSOFT, type Value } from '../onnx/graph-builder.js'
import type { BodyInputs } from './body-inputs.js'
import type { AttentionStates, HeadShape } from './layers.js'

/**
 * Queries of a block. Its keys are the block and `reach` positions on both sides, so that a larger block reads
 * fewer keys twice but scores more pairs out of reach; of 32, 64, 128 and 256, 64 is the fastest for a reach of 64.
 */
const BLOCK = 64

/**
 * Added to the score of a key that a query must not see: its weight becomes 0, and no row becomes NaN. Small enough
 * for 16 bits, whose largest number is 65,504.
 */
const OUT_OF_REACH = -30_000

/**
 * Attention in which a token sees the `reach` tokens on each side, computed block by block, so that time and
 * memory grow with the length of the sequence and not with its square. What does not depend on a layer's
 * states (which rows belong to a block, which pairs are in reach) is written once for all layers.
 */
export class LocalAttention {
  /** Runtime sizes, each of shape `[1]`. */
  private readonly batch: Value
  private readonly sequence: Value
  private readonly queriesOfBlock: Value
  private readonly keysOfBlock: Value
  /** Rows of the sequence that stand in each place of each block, clamped to the sequence; `[blocks * places]`. */
  private readonly queryRows: Value
  private readonly keyRows: Value
  /** `[batch or 1, 1, blocks, queries, keys]`. */
  private readonly bias: Value

  /**
   * @param reach farthest distance of a token that is seen
   */
  constructor(
    private readonly graph: GraphBuilder,
    private readonly shape: HeadShape,
    private readonly reach: number,
    private readonly inputs: BodyInputs,
  ) {
    this.batch = this.sizeAt(0)
    this.sequence = this.sizeAt(1)
    // A text no longer than a block with its neighbourhood is one block, without anything beside it.
    const isOneBlock = graph.op('LessOrEqual', [this.sequence, graph.ints([BLOCK + 2 * reach])])
    this.queriesOfBlock = graph.op('Where', [isOneBlock, this.sequence, graph.ints([BLOCK])])
    const side = graph.op('Where', [isOneBlock, graph.ints([0]), graph.ints([reach])])
    this.keysOfBlock = graph.op('Add', [this.queriesOfBlock, graph.op('Add', [side, side])])
    const starts = this.blockStarts()
    const keys = graph.op('Add', [graph.op('Sub', [starts, side]), this.range(this.keysOfBlock)])
    this.queryRows = this.clamp(graph.op('Add', [starts, this.range(this.queriesOfBlock)]))
    this.keyRows = this.clamp(keys)
    this.bias = this.writeBias(keys, side)
  }

  /** @returns a factor, `[batch, sequence, hidden]` */
  write({ query, key, value }: AttentionStates): Value {
    const { graph, shape } = this
    const queries = this.cutIntoBlocks(query, this.queryRows, this.queriesOfBlock)
    const keys = this.cutIntoBlocks(key, this.keyRows, this.keysOfBlock)
    const values = this.cutIntoBlocks(value, this.keyRows, this.keysOfBlock)
    const scale = { float: (shape.hiddenSize / shape.heads) ** -0.5 }
    const scores = graph.op('FusedMatMul', [queries, keys], { transB: 1, alpha: scale }, MICROSOFT)
    const weights = graph.op('Softmax', [graph.op('Add', [scores, this.bias])], { axis: -1 })
    return this.joinBlocks(graph.op('MatMul', [weights, values]))
  }

  private sizeAt(index: number): Value {
    const { graph, inputs } = this
    return graph.op('Slice', [inputs.batchAndSequence, graph.ints([index]), graph.ints([index + 1])])
  }

  /** First position of each block, `[blocks, 1]`. */
  private blockStarts(): Value {
    const { graph } = this
    const ends = [this.sequence, this.queriesOfBlock].map((size) => graph.op('Squeeze', [size]))
    const starts = graph.op('Range', [graph.ints([0], []), ...ends])
    return graph.op('Unsqueeze', [starts, graph.ints([1])])
  }

  /** `0 … size - 1`. */
  private range(size: Value): Value {
    const { graph } = this
    return graph.op('Range', [graph.ints([0], []), graph.op('Squeeze', [size]), graph.ints([1], [])])
  }

  private clamp(rows: Value): Value {
    const { graph } = this
    const last = graph.op('Sub', [this.sequence, graph.ints([1])])
    const clamped = graph.op('Max', [graph.op('Min', [rows, last]), graph.ints([0])])
    return graph.op('Reshape', [clamped, graph.ints([-1])])
  }

  /** `[batch, sequence, hidden]` -> `[batch, heads, blocks, places, headSize]`. */
  private cutIntoBlocks(x: Value, rows: Value, places: Value): Value {
    const { graph, shape } = this
    const headSize = shape.hiddenSize / shape.heads
    const cut = graph.op('Reshape', [x, graph.ints([0, 0, shape.heads, headSize])])
    // Heads go to the front before rows are repeated: there are a third as many to move.
    const byHead = graph.op('Transpose', [cut], { perm: [0, 2, 1, 3] })
    const dims = [this.batch, graph.ints([shape.heads, -1]), places, graph.ints([headSize])]
    return graph.op('Reshape', [
      graph.op('Gather', [byHead, rows], { axis: 2 }),
      graph.op('Concat', dims, { axis: 0 }),
    ])
  }

  /** `[batch, heads, blocks, queries, headSize]` -> `[batch, sequence, hidden]`; the last block's excess is cut. */
  private joinBlocks(x: Value): Value {
    const { graph, shape } = this
    const joined = graph.op('Reshape', [x, graph.ints([0, 0, -1, shape.hiddenSize / shape.heads])])
    const rows = graph.op('Slice', [joined, graph.ints([0]), this.sequence, graph.ints([2])])
    const byPosition = graph.op('Transpose', [rows], { perm: [0, 2, 1, 3] })
    return graph.op('Reshape', [byPosition, graph.ints([0, 0, shape.hiddenSize])])
  }

  private writeBias(keys: Value, side: Value): Value {
    const { graph } = this
    const visible = graph.op('And', [this.inReach(side), this.keysThatExist(keys)])
    return graph.asFactor(graph.op('Where', [visible, graph.scalar(0), graph.scalar(OUT_OF_REACH)]))
  }

  /** Which keys of a block each of its queries reaches, the same in every block: `[queries, keys]`. */
  private inReach(side: Value): Value {
    const { graph } = this
    const queries = graph.op('Unsqueeze', [this.range(this.queriesOfBlock), graph.ints([1])])
    const keys = graph.op('Sub', [this.range(this.keysOfBlock), side])
    const distance = graph.op('Abs', [graph.op('Sub', [keys, queries])])
    return graph.op('LessOrEqual', [distance, graph.ints([this.reach])])
  }

  /** Keys inside the sequence that are not padding: `[batch or 1, 1, blocks, 1, keys]`. */
  private keysThatExist(keys: Value): Value {
    const { graph, inputs } = this
    const inside = graph.op('And', [
      graph.op('GreaterOrEqual', [keys, graph.ints([0])]),
      graph.op('Less', [keys, this.sequence]),
    ])
    const ofEveryText = graph.op('Unsqueeze', [inside, graph.ints([0, 1, 3])])
    if (inputs.mask === undefined) return ofEveryText
    const gathered = graph.op('Gather', [inputs.mask, this.keyRows], { axis: 1 })
    const dims = [this.batch, graph.ints([1, -1, 1]), this.keysOfBlock]
    const cut = graph.op('Reshape', [gathered, graph.op('Concat', dims, { axis: 0 })])
    return graph.op('And', [ofEveryText, graph.op('Cast', [cut], { to: ELEMENT_TYPE.bool })])
  }
}
