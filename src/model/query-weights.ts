import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../errors.js'
import { fileExists, readJsonFile } from './json-file.js'
import type { ModelLayout } from './layout.js'
import { readSafetensorsHeader } from './safetensors.js'

/**
 * Weights of query tokens, for models whose queries need no inference: a query's vector is the weight of each of
 * its distinct tokens (Geng et al. 2024, https://arxiv.org/abs/2411.04403).
 */
export type QueryWeights =
  | { readonly kind: 'by-id'; readonly weights: Float32Array }
  | { readonly kind: 'by-token'; readonly weights: ReadonlyMap<string, number> }

/** What OpenSearch's sparse models call the file beside config.json. */
const TOKEN_FILE = 'idf.json'
const WEIGHTS_FILE = 'model.safetensors'

/**
 * Reads a model's query weights: those of its `SparseStaticEmbedding` module, or else `idf.json`.
 *
 * @returns the weights and the files that they come from, or undefined if queries are encoded like documents
 * @throws ModelError naming file and token for a weight that is not a number >= 0
 */
export async function readQueryWeights(
  directory: string,
  layout: ModelLayout,
): Promise<{ readonly weights: QueryWeights; readonly file: string } | undefined> {
  if (layout.queryWeights !== undefined) {
    const folder = join(directory, layout.queryWeights)
    if (await fileExists(join(folder, WEIGHTS_FILE))) return readById(join(folder, WEIGHTS_FILE))
  }
  if (await fileExists(join(directory, TOKEN_FILE))) return readByToken(directory)
  if (layout.queryWeights === undefined) return undefined
  throw new ModelError(
    `${join(directory, layout.queryWeights)} holds neither ${WEIGHTS_FILE} nor ${TOKEN_FILE} beside it`,
  )
}

async function readById(file: string): Promise<{ weights: QueryWeights; file: string }> {
  const tensors = await readSafetensorsHeader(file)
  const tensor = tensors.get('weight')
  if (tensor?.type !== 'F32' || tensor.shape.length !== 1) {
    throw new ModelError(
      `${file} must hold a tensor "weight" of one dimension in F32, found ${[...tensors.keys()].join(', ')}`,
    )
  }
  const bytes = new Uint8Array(tensor.byteLength)
  const handle = await open(file)
  try {
    await handle.read(bytes, 0, bytes.length, tensor.offset)
  } finally {
    await handle.close()
  }
  return { file, weights: { kind: 'by-id', weights: new Float32Array(bytes.buffer) } }
}

async function readByToken(directory: string): Promise<{ weights: QueryWeights; file: string }> {
  const file = join(directory, TOKEN_FILE)
  const weights = new Map<string, number>()
  for (const [token, weight] of Object.entries(await readJsonFile(directory, TOKEN_FILE))) {
    if (typeof weight !== 'number' || !(weight >= 0)) {
      throw new ModelError(
        `${file}: token "${token}" must have a weight >= 0, found ${JSON.stringify(weight)}`,
      )
    }
    weights.set(token, weight)
  }
  return { file, weights: { kind: 'by-token', weights } }
}
