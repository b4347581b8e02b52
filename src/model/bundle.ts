import { basename, join, resolve } from 'node:path'
import { readArchitecture } from './architecture/read-architecture.js'
import { readCheckpoint } from './checkpoint.js'
import { ModelConfig } from './config.js'
import { computeFingerprint } from './fingerprint.js'
import { type GraphOptions, writeSpladeGraph } from './graph.js'
import { readJsonFile, readOptionalJsonFile } from './json-file.js'
import { type ModelLayout, readModelLayout } from './layout.js'
import { parsePoolingConfig, type PoolingConfig } from './pooling-config.js'
import { readQueryWeights, type QueryWeights } from './query-weights.js'
import { TensorTable } from './tensor-table.js'

/** A model folder, checked and ready: what the tokenizer and the inference stage need to know of it. */
export interface ModelBundle {
  /** The folder's name, for example `splade-tiny-en`. */
  readonly name: string
  /** Folder of config.json and the weights: the model folder, or the one in it that `modules.json` names. */
  readonly directory: string
  readonly fingerprint: string
  /** `model_type` of config.json, for example `bert`. */
  readonly modelType: string
  readonly vocabularySize: number
  /** Longest text in tokens, special tokens included: the smallest limit that the files state. */
  readonly maxTokens: number
  readonly pooling: PoolingConfig
  readonly tokenizerFiles: TokenizerFiles
  /** Weights of query tokens, for models whose queries need no inference. */
  readonly queryWeights: QueryWeights | undefined
  /** Serialised ONNX graph that refers to weight files in `directory`. */
  writeGraph(options: GraphOptions): Uint8Array
}

/** Parsed JSON of the files that a tokenizer is made from. */
export interface TokenizerFiles {
  readonly tokenizer: unknown
  readonly config: unknown
  readonly specialTokensMap: unknown
}

/**
 * Reads a folder in Hugging Face layout: config.json, tokenizer.json and safetensors weights, with the optional
 * files of sentence-transformers. Reads headers only; weights are mapped when a session starts.
 *
 * @throws ModelError naming the file, field or tensor that is missing or wrong, and what was found
 */
export async function loadModelBundle(folder: string): Promise<ModelBundle> {
  const root = resolve(folder)
  const layout = await readModelLayout(root)
  const directory = join(root, layout.transformer)
  const config = new ModelConfig(await readJsonFile(directory, 'config.json'), join(directory, 'config.json'))
  const checkpoint = await readCheckpoint(directory)
  const architecture = readArchitecture(config, new TensorTable(checkpoint.tensors))
  const pooling = await readPooling(root, layout)
  const queries = await readQueryWeights(root, layout)
  const tokenizerFiles = await readTokenizerFiles(directory)
  return {
    name: basename(root),
    directory,
    fingerprint: await computeFingerprint(
      [
        ...['config.json', 'tokenizer.json', ...checkpoint.files].map((file) => join(directory, file)),
        ...(queries === undefined ? [] : [queries.file]),
      ],
      { pooling, precision: 'f32' },
    ),
    modelType: config.text('model_type'),
    vocabularySize: architecture.vocabularySize,
    maxTokens: Math.min(architecture.maxTokens, await statedLimit(directory, tokenizerFiles)),
    pooling,
    tokenizerFiles,
    queryWeights: queries?.weights,
    writeGraph: (options) => writeSpladeGraph(architecture, pooling, options),
  }
}

/** A folder without the file pools as published SPLADE models do: maximum of log1p(relu). */
async function readPooling(root: string, layout: ModelLayout): Promise<PoolingConfig> {
  const folder = join(root, layout.pooling ?? '1_SpladePooling')
  return parsePoolingConfig(
    (await readOptionalJsonFile(folder, 'config.json')) ?? {},
    join(folder, 'config.json'),
  )
}

async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  return {
    tokenizer: await readJsonFile(directory, 'tokenizer.json'),
    config: await readOptionalJsonFile(directory, 'tokenizer_config.json'),
    specialTokensMap: await readOptionalJsonFile(directory, 'special_tokens_map.json'),
  }
}

/** Tokenizers write 1e30 for "no limit"; sentence-transformers' own limit comes first. */
async function statedLimit(directory: string, files: TokenizerFiles): Promise<number> {
  const transformer = await readOptionalJsonFile(directory, 'sentence_bert_config.json')
  const tokenizer = files.config as Readonly<Record<string, unknown>> | undefined
  const limit = transformer?.max_seq_length ?? tokenizer?.model_max_length
  return typeof limit === 'number' && limit >= 1 ? limit : Infinity
}
