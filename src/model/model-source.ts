import { readArchitecture } from './architecture/read-architecture.js'
import { hasCheckpoint, readCheckpoint } from './checkpoint.js'
import type { ModelConfig } from './config.js'
import { type GraphOptions, type ModelGraph, writeSpladeGraph } from './graph.js'
import { completeOnnxExport, findOnnxExport, type OnnxExport, vocabularySizeOf } from './onnx-export.js'
import type { PoolingConfig } from './pooling-config.js'
import type { Precision } from './precision.js'
import { TensorTable } from './tensor-table.js'

/** Where the graph of a model comes from. */
export interface ModelSource {
  /** Files with weights, relative to the model folder. */
  readonly files: readonly string[]
  readonly vocabularySize: number
  /** Longest input in tokens; infinite where the files do not say. */
  readonly maxTokens: number
  writeGraph(pooling: PoolingConfig, options: GraphOptions): Promise<ModelGraph>
}

/**
 * Safetensors weights if the folder holds them, since the graph written here is faster and takes less memory than
 * an export; else an export.
 *
 * @throws ModelError if there is neither in this precision, or if what is there cannot be used
 */
export async function openModelSource(
  directory: string,
  config: ModelConfig,
  precision: Precision,
): Promise<ModelSource> {
  if (!(await hasCheckpoint(directory, precision))) {
    const onnxExport = await findOnnxExport(directory, precision)
    if (onnxExport !== undefined) return fromExport(config, onnxExport)
  }
  const { tensors, files } = await readCheckpoint(directory, precision)
  const architecture = readArchitecture(config, new TensorTable(tensors))
  const { vocabularySize, maxTokens } = architecture
  return {
    files,
    vocabularySize,
    maxTokens,
    writeGraph: (pooling, options) =>
      Promise.resolve({
        ...writeSpladeGraph(architecture, pooling, options),
        dataDirectory: directory,
      }),
  }
}

function fromExport(config: ModelConfig, onnxExport: OnnxExport): ModelSource {
  return {
    files: onnxExport.files,
    vocabularySize: vocabularySizeOf(onnxExport) ?? config.count('vocab_size'),
    maxTokens: exportedPositions(config),
    writeGraph: (pooling) => completeOnnxExport(onnxExport, pooling),
  }
}

/** First positions, up to that of padding, are never a token's in these. */
const ROBERTA = /roberta$|^camembert$/

function exportedPositions(config: ModelConfig): number {
  if (config.raw('max_position_embeddings') === undefined) return Infinity
  const positions = config.count('max_position_embeddings')
  return ROBERTA.test(config.text('model_type'))
    ? positions - config.number('pad_token_id', 1) - 1
    : positions
}
