import { basename, join, resolve } from 'node:path'
import { ModelError } from '../errors.js'
import { ModelConfig } from './config.js'
import { computeFingerprint } from './fingerprint.js'
import type { GraphOptions, ModelGraph } from './graph.js'
import { type JsonObject, readJsonFile, readOptionalJsonFile } from './json-file.js'
import { isGatedLexicalFolder, type ModelLayout, readModelLayout } from './layout.js'
import { openModelSource } from './model-source.js'
import { parsePoolingConfig, type PoolingConfig } from './pooling-config.js'
import type { Precision } from './precision.js'
import { type Prompts, readPrompts } from './prompts.js'
import { readQueryWeights, type QueryWeights } from './query-weights.js'

/** A model folder, checked and ready: what the tokenizer and the inference stage need to know of it. */
export interface ModelBundle {
  readonly kind: 'masked-lm'
  /** The folder's name, for example `splade-tiny-en`. */
  readonly name: string
  /** Folder of config.json and the weights: the model folder, or the one in it that `modules.json` names. */
  readonly directory: string
  readonly fingerprint: string
  /** `model_type` of config.json, for example `bert`. */
  readonly modelType: string
  readonly precision: Precision
  readonly vocabularySize: number
  /** Longest text in tokens, special tokens included: the smallest limit that the files state. */
  readonly maxTokens: number
  readonly pooling: PoolingConfig
  readonly prompts: Prompts
  readonly tokenizerFiles: TokenizerFiles
  /** Weights of query tokens, for models whose queries need no inference. */
  readonly queryWeights: QueryWeights | undefined
  /** The graph that an inference session runs. */
  writeGraph(options: GraphOptions): Promise<ModelGraph>
}

export interface LoadModelOptions {
  /**
   * Default `f32`; others are made by `quantizeModel`, or come with an export. A gated lexical model has weights in
   * 8 bits: default `int8`, and `f32` turns them back.
   */
  readonly precision?: Precision | undefined
  /** Where fingerprints of unchanged files are remembered. Default: all weights are read every time. */
  readonly cacheDirectory?: string | undefined
}

/** Parsed JSON of the files that a tokenizer is made from. */
export interface TokenizerFiles {
  readonly tokenizer: unknown
  readonly config: unknown
  readonly specialTokensMap: unknown
}

/**
 * Reads a folder in Hugging Face layout: config.json, tokenizer.json and weights (safetensors, or an export in
 * `onnx/`), with the optional files of sentence-transformers. Of safetensors only headers are read; weights are
 * mapped when a session starts.
 *
 * @throws ModelError naming the file, field or tensor that is missing or wrong, and what was found
 */
export async function loadModelBundle(
  folder: string,
  { precision = 'f32', cacheDirectory }: LoadModelOptions = {},
): Promise<ModelBundle> {
  const root = resolve(folder)
  if (await isGatedLexicalFolder(root))
    throw new ModelError(
      `${root} is a gated lexical model, whose terms are words: a masked language model is needed here`,
    )
  const layout = await readModelLayout(root)
  const directory = join(root, layout.transformer)
  const config = new ModelConfig(await readJsonFile(directory, 'config.json'), join(directory, 'config.json'))
  const source = await openModelSource(directory, config, precision)
  const pooling = await readPooling(root, layout)
  const queries = await readQueryWeights(root, layout)
  const prompts = await readPrompts(root)
  const tokenizerFiles = await readTokenizerFiles(directory)
  return {
    kind: 'masked-lm',
    name: basename(root),
    directory,
    fingerprint: await computeFingerprint(
      [
        ...['config.json', 'tokenizer.json', ...source.files].map((file) => join(directory, file)),
        ...(queries === undefined ? [] : [queries.file]),
      ],
      {
        ...{ pooling, precision },
        ...(Object.values(prompts).some((prompt) => prompt !== '') && { prompts }),
        ...((await lowercases(directory)) && { lowercase: true }),
      },
      cacheDirectory,
    ),
    modelType: config.text('model_type'),
    precision,
    vocabularySize: source.vocabularySize,
    maxTokens: Math.min(source.maxTokens, await statedLimit(directory, tokenizerFiles)),
    pooling,
    prompts,
    tokenizerFiles,
    queryWeights: queries?.weights,
    writeGraph: (options) => source.writeGraph(pooling, options),
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

/**
 * The files of a folder that a tokenizer is made from; the folder needs no weights.
 *
 * @throws ModelError if tokenizer.json is missing or one of them is not JSON
 */
export async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  const tokenizer = await readJsonFile(directory, 'tokenizer.json')
  return {
    tokenizer: (await lowercases(directory)) ? lowercasing(tokenizer) : tokenizer,
    config: await readOptionalJsonFile(directory, 'tokenizer_config.json'),
    specialTokensMap: await readOptionalJsonFile(directory, 'special_tokens_map.json'),
  }
}

/** What sentence-transformers says of the transformer, beside its config.json. */
const TRANSFORMER_FILE = 'sentence_bert_config.json'

/** True where texts are put in lower case whatever the tokenizer does. */
async function lowercases(directory: string): Promise<boolean> {
  return (await readOptionalJsonFile(directory, TRANSFORMER_FILE))?.do_lower_case === true
}

function lowercasing(tokenizer: JsonObject): JsonObject {
  const normalizers = [{ type: 'Lowercase' }, tokenizer.normalizer ?? []].flat()
  return { ...tokenizer, normalizer: { type: 'Sequence', normalizers } }
}

/** Tokenizers write 1e30 for "no limit"; sentence-transformers' own limit comes first. */
async function statedLimit(directory: string, files: TokenizerFiles): Promise<number> {
  const transformer = await readOptionalJsonFile(directory, TRANSFORMER_FILE)
  const tokenizer = files.config as Readonly<Record<string, unknown>> | undefined
  const limit = transformer?.max_seq_length ?? tokenizer?.model_max_length
  return typeof limit === 'number' && limit >= 1 ? limit : Infinity
}
