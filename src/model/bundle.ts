import { access, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ModelError } from '../errors.js'
import type { Architecture } from './architecture/architecture.js'
import { readBert } from './architecture/bert.js'
import { ModelConfig } from './config.js'
import { computeFingerprint } from './fingerprint.js'
import { type GraphOptions, writeSpladeGraph } from './graph.js'
import { parsePoolingConfig, type PoolingConfig } from './pooling-config.js'
import { readSafetensorsHeader } from './safetensors.js'
import { TensorTable } from './tensor-table.js'

/** A model folder, checked and ready: what the tokenizer and the inference stage need to know of it. */
export interface ModelBundle {
  /** The folder's name, for example `splade-tiny-en`. */
  readonly name: string
  readonly directory: string
  readonly fingerprint: string
  /** `model_type` of config.json, for example `bert`. */
  readonly modelType: string
  readonly vocabularySize: number
  /** Longest text in tokens, special tokens included: the smallest limit that the files state. */
  readonly maxTokens: number
  readonly pooling: PoolingConfig
  readonly tokenizerFiles: TokenizerFiles
  /** Serialised ONNX graph that refers to weight files in `directory`. */
  writeGraph(options: GraphOptions): Uint8Array
}

/** Parsed JSON of the files that a tokenizer is made from. */
export interface TokenizerFiles {
  readonly tokenizer: unknown
  readonly config: unknown
  readonly specialTokensMap: unknown
}

const WEIGHTS = 'model.safetensors'
const POOLING = '1_SpladePooling/config.json'

/**
 * Reads a folder in Hugging Face layout: config.json, tokenizer.json and model.safetensors, with the optional
 * files of sentence-transformers. Reads headers only; weights are mapped when a session starts.
 *
 * @throws ModelError naming the file, field or tensor that is missing or wrong, and what was found
 */
export async function loadModelBundle(folder: string): Promise<ModelBundle> {
  const directory = resolve(folder)
  const config = new ModelConfig(await readJson(directory, 'config.json'), join(directory, 'config.json'))
  const tensors = new TensorTable(await readSafetensorsHeader(await existing(directory, WEIGHTS)))
  const architecture = readArchitecture(config, tensors)
  const pooling = parsePoolingConfig(
    (await readOptionalJson(directory, POOLING)) ?? {},
    join(directory, POOLING),
  )
  const tokenizerFiles = await readTokenizerFiles(directory)
  return {
    name: basename(directory),
    directory,
    fingerprint: await computeFingerprint(
      ['config.json', 'tokenizer.json', WEIGHTS].map((file) => join(directory, file)),
      { pooling, precision: 'f32' },
    ),
    modelType: config.text('model_type'),
    vocabularySize: architecture.vocabularySize,
    maxTokens: Math.min(architecture.maxTokens, await statedLimit(directory, tokenizerFiles)),
    pooling,
    tokenizerFiles,
    writeGraph: (options) => writeSpladeGraph(architecture, pooling, options),
  }
}

function readArchitecture(config: ModelConfig, tensors: TensorTable): Architecture {
  const modelType = config.text('model_type')
  switch (modelType) {
    case 'bert':
      return readBert(config, tensors)
    default:
      throw config.wrong('model_type', '"bert"', modelType)
  }
}

async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  return {
    tokenizer: await readJson(directory, 'tokenizer.json'),
    config: await readOptionalJson(directory, 'tokenizer_config.json'),
    specialTokensMap: await readOptionalJson(directory, 'special_tokens_map.json'),
  }
}

/** Tokenizers write 1e30 for "no limit"; sentence-transformers' own limit comes first. */
async function statedLimit(directory: string, files: TokenizerFiles): Promise<number> {
  const transformer = await readOptionalJson(directory, 'sentence_bert_config.json')
  const tokenizer = files.config as Record<string, unknown> | undefined
  const limit = transformer?.max_seq_length ?? tokenizer?.model_max_length
  return typeof limit === 'number' && limit >= 1 ? limit : Infinity
}

async function readJson(directory: string, file: string): Promise<Record<string, unknown>> {
  const path = await existing(directory, file)
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new ModelError(`${path} is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ModelError(`${path} must hold a JSON object`)
  }
  return parsed as Record<string, unknown>
}

async function readOptionalJson(
  directory: string,
  file: string,
): Promise<Record<string, unknown> | undefined> {
  return (await exists(join(directory, file))) ? readJson(directory, file) : undefined
}

async function existing(directory: string, file: string): Promise<string> {
  const path = join(directory, file)
  if (await exists(path)) return path
  throw new ModelError(`${directory} is not a model folder: ${file} is missing`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
