import { describe, expect, it } from '@jest/globals'
import { LocalAttention } from '../../../../src/model/architecture/local-attention.js'
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js'
import { randomTensor } from '../../../model-folder.js'
import { type Feed, runGraph } from '../../../run-graph.js'

const HEADS = 2
const HEAD_SIZE = 4
const HIDDEN = HEADS * HEAD_SIZE

interface Texts {
  readonly batch: number
  readonly sequence: number
  readonly reach: number
  /** Tokens of each text; the rest is padding. Default: no padding. */
  readonly lengths?: readonly number[]
}

function states({ batch, sequence }: Texts, seed: number): Float32Array {
  return randomTensor([batch, sequence, HIDDEN], seed).values.map((value) => 8 * value)
}

async function run(texts: Texts): Promise<Float32Array> {
  const { batch, sequence, reach, lengths } = texts
  const graph = new GraphBuilder()
  const dims = ['batch', 'sequence', HIDDEN]
  const inputIds = graph.input('ids', 'int64', ['batch', 'sequence'])
  const [query = '', key = '', value = ''] = ['q', 'k', 'v'].map((name) => graph.input(name, 'float32', dims))
  const mask = lengths && graph.input('mask', 'int32', ['batch', 'sequence'])
  const inputs = { inputIds, mask, batchAndSequence: graph.op('Shape', [inputIds]) }
  const attention = new LocalAttention(graph, { heads: HEADS, hiddenSize: HIDDEN }, reach, inputs)
  graph.output('context', attention.write({ query, key, value }), 'float32', dims)
  const feeds: Record<string, [Feed, number[]]> = {
    ids: [new BigInt64Array(batch * sequence), [batch, sequence]],
  }
  for (const [index, name] of ['q', 'k', 'v'].entries()) {
    feeds[name] = [states(texts, index + 1), [batch, sequence, HIDDEN]]
  }
  if (lengths !== undefined) {
    const rows = lengths.flatMap((length) => Array.from({ length: sequence }, (_, i) => Number(i < length)))
    feeds.mask = [Int32Array.from(rows), [batch, sequence]]
  }
  return (await runGraph(graph.build('test'), feeds)).context!.data as Float32Array
}

/** Attention pair by pair. */
function expected(texts: Texts): Float32Array {
  const { batch, sequence, reach, lengths } = texts
  const [q, k, v] = [1, 2, 3].map((seed) => states(texts, seed)) as [Float32Array, Float32Array, Float32Array]
  const context = new Float32Array(q.length)
  for (let text = 0; text < batch; text++) {
    const end = lengths?.[text] ?? sequence
    for (let head = 0; head < HEADS; head++) {
      const at = (position: number): number => (text * sequence + position) * HIDDEN + head * HEAD_SIZE
      for (let i = 0; i < sequence; i++) {
        const weights: [number, number][] = []
        for (let j = Math.max(0, i - reach); j <= Math.min(end - 1, i + reach); j++) {
          let score = 0
          for (let d = 0; d < HEAD_SIZE; d++) score += q[at(i) + d]! * k[at(j) + d]!
          weights.push([j, Math.exp(score / Math.sqrt(HEAD_SIZE))])
        }
        const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
        for (const [j, weight] of weights) {
          for (let d = 0; d < HEAD_SIZE; d++) context[at(i) + d]! += (weight / total) * v[at(j) + d]!
        }
      }
    }
  }
  return context
}

describe('LocalAttention', () => {
  it.each([
    { batch: 1, sequence: 1, reach: 4 },
    { batch: 2, sequence: 63, reach: 4 },
    { batch: 1, sequence: 72, reach: 4 },
    { batch: 2, sequence: 73, reach: 4 },
    { batch: 1, sequence: 128, reach: 4 },
    { batch: 2, sequence: 129, reach: 7 },
    { batch: 1, sequence: 193, reach: 64 },
    { batch: 1, sequence: 500, reach: 64 },
    { batch: 1, sequence: 300, reach: 100 },
  ])('lets each token see its neighbours alone: $sequence tokens, reach $reach', async (texts) => {
    const [received, wanted] = [await run(texts), expected(texts)]
    expect(received).toHaveLength(wanted.length)
    const worst = Math.max(...wanted.map((value, index) => Math.abs(value - received[index]!)))
    expect(worst).toBeLessThan(1e-5)
  })

  it.each([
    { batch: 2, sequence: 40, reach: 6, lengths: [40, 11] },
    { batch: 3, sequence: 200, reach: 6, lengths: [200, 130, 2] },
  ])('does not see padding: $lengths tokens', async (texts) => {
    const [received, wanted] = [await run(texts), expected(texts)]
    texts.lengths.forEach((length, text) => {
      const start = text * texts.sequence * HIDDEN
      for (let index = start; index < start + length * HIDDEN; index++) {
        expect(received[index]).toBeCloseTo(wanted[index]!, 5)
      }
    })
    expect(received.every(Number.isFinite)).toBe(true)
  })
})
