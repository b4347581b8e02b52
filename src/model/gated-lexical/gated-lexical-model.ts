import { join } from 'node:path'
import { ModelError } from '../../errors.js'
import { readBertBody } from '../architecture/bert.js'
import { type LoadModelOptions, readTokenizerFiles, type TokenizerFiles } from '../bundle.js'
import { readCheckpoint } from '../checkpoint.js'
import { ModelConfig } from '../config.js'
import { computeFingerprint } from '../fingerprint.js'
import type { ModelGraph } from '../graph.js'
import { readJsonFile, readOptionalJsonArray } from '../json-file.js'
import { HEAD_FILE } from '../layout.js'
import type { Precision } from '../precision.js'
import { TensorTable } from '../tensor-table.js'
import { type HeadSettings, readHeadSettings } from './head-settings.js'
import { readHeads } from './heads.js'
import { IDF_FILE, type IdfTable, readIdfTable } from './idf-table.js'
import { type GatedLexicalParts, INPUT_IDS, writeGatedLexicalGraph } from './write-graph.js'

/**
 * A model whose terms are words and not pieces of a vocabulary: the terms of the lexical analysis, each weighted by
 * its context, and an expansion to a closed list of others. models/ko-en-mini/README.md has the arithmetic.
 */
export interface GatedLexicalModel {
  readonly kind: 'gated-lexical'
  /** The folder's name, for example `ko-en-mini`. */
  readonly name: string
  readonly directory: string
  readonly fingerprint: string
  readonly precision: Precision
  readonly settings: HeadSettings
  /** The closed list of expansion terms, by number. */
  readonly terms: readonly string[]
  readonly idf: IdfTable
  /** First and last piece of every window. */
  readonly boundaryIds: readonly [first: number, last: number]
  readonly tokenizerFiles: TokenizerFiles
  /** The graph that an inference session runs. */
  writeGraph(): ModelGraph
}

const TERMS_FILE = 'terms.json'

/**
 * @param directory a folder with `sparse_head.json`
 * @param options with precision `int8` (default): weights and states of matrix products in 8 bits. With `f32` the
 *   8-bit weights are turned back, and all is computed in 32 bits
 * @throws ModelError naming the file, field or tensor that is missing or wrong, and what was found
 */
export async function loadGatedLexicalModel(
  directory: string,
  name: string,
  { precision = 'int8', cacheDirectory }: LoadModelOptions = {},
): Promise<GatedLexicalModel> {
  if (precision !== 'int8' && precision !== 'f32')
    throw new ModelError(`model ${name} can be computed in int8 or f32, not in ${precision}`)
  const terms = await readTerms(directory)
  const { tensors, files } = await readCheckpoint(directory, 'f32')
  const config = await readConfig(directory, 'config.json')
  const settings = readHeadSettings(await readConfig(directory, HEAD_FILE))
  const parts = readParts(config, new TensorTable(tensors), settings, terms.length)
  const contents = ['config.json', 'tokenizer.json', HEAD_FILE, TERMS_FILE, IDF_FILE, ...files]
  return {
    kind: 'gated-lexical',
    name,
    directory,
    fingerprint: await computeFingerprint(
      contents.map((file) => join(directory, file)),
      { precision },
      cacheDirectory,
    ),
    precision,
    settings,
    terms,
    idf: await readIdfTable(directory),
    boundaryIds: [config.number('bos_token_id'), config.number('eos_token_id')],
    tokenizerFiles: await readTokenizerFiles(directory),
    writeGraph: () => ({
      model: writeGatedLexicalGraph(parts, precision),
      inputs: [INPUT_IDS],
      dataDirectory: directory,
    }),
  }
}

async function readConfig(directory: string, file: string): Promise<ModelConfig> {
  return new ModelConfig(await readJsonFile(directory, file), join(directory, file))
}

function readParts(
  config: ModelConfig,
  tensors: TensorTable,
  settings: HeadSettings,
  terms: number,
): GatedLexicalParts {
  const body = readBertBody(config, tensors)
  const positions = config.count('max_position_embeddings')
  for (const { prefixIds, windowPieces } of [settings.document, settings.query]) {
    const longest = windowPieces + prefixIds.length + 2
    if (longest > positions)
      throw new ModelError(
        `windows of ${windowPieces} pieces take ${longest} positions, and config.json has ${positions}`,
      )
  }
  return { body, heads: readHeads(tensors, body.hiddenSize, terms), settings }
}

async function readTerms(directory: string): Promise<readonly string[]> {
  const terms = (await readOptionalJsonArray(directory, TERMS_FILE)) ?? []
  const wrong = terms.findIndex((term) => typeof term !== 'string' || term === '')
  if (terms.length === 0 || wrong >= 0)
    throw new ModelError(
      `${join(directory, TERMS_FILE)} must hold an array of terms, found ${JSON.stringify(terms[wrong])}`,
    )
  return terms as readonly string[]
}
