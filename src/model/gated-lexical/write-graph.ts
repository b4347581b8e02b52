import { activate, flatten, linear, unflatten } from '../architecture/layers.js'
import { type PostNormBody, writePostNormBody } from '../architecture/post-norm.js'
import type { GraphInput } from '../graph.js'
import { GraphBuilder, type Value } from '../onnx/graph-builder.js'
import { GATE_KINDS, type HeadSettings, type Side, SIDES } from './head-settings.js'
import type { Heads } from './heads.js'

/** Names of the outputs of one side. */
export interface SideOutputs {
  /** Before the sigmoid, 32-bit float, `[batch * pieces, kinds]`. */
  readonly gates: string
  /** Numbers of the strongest expansion terms, 64-bit, `[batch, expansionLimit]`. */
  readonly terms: string
  /** Their logits, strongest first, 32-bit float, `[batch, expansionLimit]`; those above 0 have weight. */
  readonly logits: string
}

export const SIDE_OUTPUTS: Readonly<Record<Side, SideOutputs>> = {
  document: outputsOf('document'),
  query: outputsOf('query'),
}

function outputsOf(side: Side): SideOutputs {
  return { gates: `${side}_gates`, terms: `${side}_terms`, logits: `${side}_logits` }
}

export const INPUT_IDS: GraphInput = { name: 'input_ids', content: 'tokenIds', type: 'int64' }

/** Keeps the length of a direction above zero. */
const SMALLEST_LENGTH = 1e-12

/** The parts of a gated lexical model that a graph is written from. */
export interface GatedLexicalParts {
  readonly body: PostNormBody
  readonly heads: Heads
  readonly settings: HeadSettings
}

/**
 * Windows of equal length in, gates and expansion logits out. One graph serves both sides: what the side that is
 * not asked for costs (a thousandth of the body) is less than a second copy of the body in memory.
 *
 * A text's strongest terms over all of its windows are among the strongest of each window, so only those leave
 * the graph.
 *
 * @param products what products with 8-bit matrices are computed in
 */
export function writeGatedLexicalGraph(
  { body, heads, settings }: GatedLexicalParts,
  products: 'int8' | 'f32',
): Uint8Array {
  const graph = new GraphBuilder({ products })
  const inputIds = graph.input(INPUT_IDS.name, INPUT_IDS.type, ['batch', 'sequence'])
  const batchAndSequence = graph.op('Shape', [inputIds])
  const states = writePostNormBody(graph, body, { inputIds, mask: undefined, batchAndSequence })
  const windows = unflatten(graph, states, batchAndSequence, body.hiddenSize)
  for (const side of SIDES) writeSide(graph, { body, heads, settings }, side, windows)
  return graph.build('gated-lexical')
}

/** @param windows `[batch, sequence, hidden]` */
function writeSide(graph: GraphBuilder, parts: GatedLexicalParts, side: Side, windows: Value): void {
  const { expansionLimit, prefixIds } = parts.settings[side]
  const outputs = SIDE_OUTPUTS[side]
  const first = graph.ints([1 + prefixIds.length])
  const own = graph.op('Slice', [windows, first, graph.ints([-1]), graph.ints([1])])
  graph.output(outputs.gates, writeGates(graph, parts, side, own), 'float32', ['pieces', GATE_KINDS.length])
  const [logits, terms] = graph.pair('TopK', [
    writeExpansion(graph, parts, side, own),
    graph.ints([expansionLimit]),
  ])
  graph.output(outputs.terms, terms, 'int64', ['batch', expansionLimit])
  graph.output(outputs.logits, logits, 'float32', ['batch', expansionLimit])
}

function writeGates(
  graph: GraphBuilder,
  { body, heads, settings }: GatedLexicalParts,
  side: Side,
  own: Value,
): Value {
  const { hiddenSize } = body
  const { gateIn, gateOut } = heads[side]
  const ones = graph.once('ones', () => graph.floats(new Float32Array(hiddenSize).fill(1), [hiddenSize]))
  const attributes = { axis: -1, epsilon: { float: settings.layerNormEpsilon } }
  const normalised = graph.op('LayerNormalization', [flatten(graph, own, hiddenSize), ones], attributes)
  return linear(graph, activate(graph, linear(graph, normalised, gateIn), 'gelu'), gateOut)
}

/** @returns logits `[batch, terms]` of the window's mean state */
function writeExpansion(
  graph: GraphBuilder,
  { heads, settings }: GatedLexicalParts,
  side: Side,
  own: Value,
): Value {
  const { project, expansionBias } = heads[side]
  const means = graph.op('ReduceMean', [own, graph.ints([1])], { keepdims: 0 })
  const projected = linear(graph, means, project)
  const length = graph.op('ReduceL2', [projected, graph.ints([1])], { keepdims: 1 })
  const safe = graph.op('Max', [length, graph.scalar(SMALLEST_LENGTH)])
  const unit = graph.op('Div', [projected, safe])
  const direction = graph.op('Mul', [unit, graph.scalar(settings[side].directionScale)])
  return linear(graph, direction, { weight: heads.embedding, bias: expansionBias })
}
