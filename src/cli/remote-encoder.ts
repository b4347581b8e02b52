import { join } from 'node:path'
import type { Encoder } from '../encoder/encoder.js'
import type { LongTextOptions } from '../encoder/long-texts.js'
import type { PruneOptions } from '../encoder/pruning.js'
import { createRemoteEncoder, readRemoteInfo, readRemoteTokenizer } from '../encoder/remote.js'
import { readTokenizerFiles, type TokenizerFiles } from '../model/bundle.js'
import { readModelLayout } from '../model/layout.js'
import { loadTokenizer } from '../tokenizer/load-tokenizer.js'
import { resolveModel } from './models.js'

export interface RemoteOptions extends LongTextOptions {
  /** Bearer token. */
  readonly apiKey?: string
  /** Folder or name of a model with the same tokenizer; default: what the server hands out. */
  readonly tokenizer?: string
  readonly pruneDocuments?: PruneOptions
  readonly pruneQueries?: PruneOptions
}

/** Opens the encoder behind an address. */
export async function openRemoteEncoder(url: string, options: RemoteOptions): Promise<Encoder> {
  const { apiKey, tokenizer, ...encoding } = options
  const info = await readRemoteInfo(url, apiKey)
  const files =
    tokenizer === undefined
      ? await readRemoteTokenizer(url, apiKey)
      : await readTokenizerOf(await resolveModel(tokenizer))
  return createRemoteEncoder({
    url,
    info,
    tokenizer: loadTokenizer(files),
    ...encoding,
    ...(apiKey !== undefined && { apiKey }),
  })
}

async function readTokenizerOf(folder: string): Promise<TokenizerFiles> {
  return readTokenizerFiles(join(folder, (await readModelLayout(folder)).transformer))
}
