import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { Architecture } from '../../../../src/model/architecture/architecture.js'
import { writeSpladeHead } from '../../../../src/model/architecture/splade-head.js'
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js'
import type { PoolingConfig } from '../../../../src/model/pooling-config.js'
import { readSafetensorsHeader } from '../../../../src/model/safetensors.js'
import {
  encodeSafetensors,
  randomTensor,
  tensor,
  type TensorFixture,
  useTemporaryFolder,
  writeFiles,
} from '../../../model-folder.js'
import { type Feed, runGraph } from '../../../run-graph.js'

const folder = useTemporaryFolder()

/** Four terms; term t of state (a, b) has the logit `a * weight[t][0] + b * weight[t][1] + bias[t]`. */
const WEIGHT = tensor([4, 2], [1, 0, 0, 1, -1, 1, 2, -1])
const BIAS = tensor([4], [0.5, -0.5, 0, 0])

/** A text of two tokens and one of one token; with padding the second has a state that must not count. */
const STATES = [1, 2, 3, -1, 0.5, 0.25, 100, 100]

interface HeadRun {
  readonly pooling: PoolingConfig
  readonly weight?: TensorFixture
  readonly bias?: TensorFixture
  readonly states?: readonly number[]
  readonly padded?: boolean
}

/** @returns pooled weights `[2, vocabulary]` of two sequences of two states */
async function pool(run: HeadRun): Promise<Float32Array> {
  const { weight = WEIGHT, bias, states = STATES, padded = false } = run
  await writeFiles(folder.path, {
    'model.safetensors': encodeSafetensors({ weight, ...(bias && { bias }) }),
  })
  const tensors = await readSafetensorsHeader(join(folder.path, 'model.safetensors'))
  const architecture: Architecture = {
    vocabularySize: weight.shape[0]!,
    hiddenSize: 2,
    maxTokens: 2,
    writeBody: () => 'states',
    decoder: { weight: tensors.get('weight')!, bias: tensors.get('bias') },
  }
  const graph = new GraphBuilder()
  const inputIds = graph.input('ids', 'int64', [2, 2])
  const mask = padded ? graph.input('mask', 'int32', [2, 2]) : undefined
  const body = graph.input('states', 'float32', [4, 2])
  const inputs = { inputIds, mask, batchAndSequence: graph.op('Shape', [inputIds]) }
  const pooled = writeSpladeHead(graph, architecture, body, inputs, run.pooling)
  graph.output('pooled', pooled, 'float32', [2, architecture.vocabularySize])
  const feeds: Record<string, [Feed, number[]]> = {
    ids: [new BigInt64Array(4), [2, 2]],
    states: [Float32Array.from(states), [4, 2]],
    ...(padded && { mask: [Int32Array.of(1, 1, 1, 0), [2, 2]] as [Feed, number[]] }),
  }
  return (await runGraph(graph.build('test'), feeds, folder.path)).pooled?.data as Float32Array
}

function expectClose(received: ArrayLike<number>, expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length)
  expected.forEach((value, index) => {
    expect(received[index]).toBeCloseTo(value, 6)
  })
}

const { log1p } = Math
const MAX: PoolingConfig = { strategy: 'max', activation: 'relu' }
const SUM: PoolingConfig = { strategy: 'sum', activation: 'relu' }

describe('writeSpladeHead', () => {
  it('takes the maximum over the tokens of log1p(relu(logit))', async () => {
    const states = STATES.slice(0, 6).concat(-4, -8)
    // Logits: (1, 2, 1, 0) and (3, -1, -4, 7); then (0.5, 0.25, -0.25, 0.75) and (-4, -8, -4, 0).
    const expected = [3, 2, 1, 7, 0.5, 0.25, 0, 0.75].map(log1p)
    expectClose(await pool({ pooling: MAX, states }), expected)
  })

  it('adds the bias before the activation', async () => {
    const states = STATES.slice(0, 6).concat(-4, -8)
    const expected = [3.5, 1.5, 1, 7, 1, 0, 0, 0.75].map(log1p)
    expectClose(await pool({ pooling: MAX, states, bias: BIAS }), expected)
  })

  it('leaves padding out of the maximum', async () => {
    const expected = [3.5, 1.5, 1, 7, 1, 0, 0, 0.75].map(log1p)
    expectClose(await pool({ pooling: MAX, bias: BIAS, padded: true }), expected)
  })

  it('sums over the tokens', async () => {
    const states = STATES.slice(0, 6).concat(1, 1)
    const expected = [
      ...[log1p(1) + log1p(3), log1p(2), log1p(1), log1p(7)],
      ...[log1p(0.5) + log1p(1), log1p(0.25) + log1p(1), 0, log1p(0.75) + log1p(1)],
    ]
    expectClose(await pool({ pooling: SUM, states }), expected)
  })

  it('leaves padding out of the sum, also where the bias alone is positive', async () => {
    const expected = [
      ...[log1p(1.5) + log1p(3.5), log1p(1.5), log1p(1), log1p(7)],
      ...[log1p(1), 0, 0, log1p(0.75)],
    ]
    expectClose(await pool({ pooling: SUM, bias: BIAS, padded: true }), expected)
  })

  it('takes the logarithm twice for log1p_relu', async () => {
    const pooling: PoolingConfig = { strategy: 'max', activation: 'log1p_relu' }
    const expected = [3, 2, 1, 7, 0.5, 0.25, 0, 0.75].map((logit) => log1p(log1p(logit)))
    expectClose(await pool({ pooling, padded: true }), expected)
  })

  it('joins a vocabulary of several chunks in order', async () => {
    const weight = randomTensor([9000, 2], 3)
    const pooled = await pool({ pooling: MAX, weight, padded: true })
    const expected = Array.from({ length: 18_000 }, (_, index) => {
      const [a, b] = [0, 1].map((column) => weight.values[2 * (index % 9000) + column]!) as [number, number]
      const logits = index < 9000 ? [a + 2 * b, 3 * a - b] : [0.5 * a + 0.25 * b]
      return log1p(Math.max(0, ...logits))
    })
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - pooled[index]!)))
    expect(pooled).toHaveLength(18_000)
    expect(worst).toBeLessThan(1e-6)
  })
})
