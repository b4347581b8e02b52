import type { EngineClient } from '../engine/client.js'
import { ensureSameLongTexts } from '../engine/index-long-texts.js'
import { ensureCompatible, type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import { showSparseFields, sparseFields } from '../engine/index-sparse-fields.js'
import { EngineError } from '../errors.js'

/**
 * Checks an index that an action line of a bulk file names.
 *
 * @param meta of the index that the run was started for
 * @throws EngineError if the index is missing, or set up otherwise
 */
export async function requireIndex(client: EngineClient, meta: IndexMeta, index: string): Promise<void> {
  const found = await readIndexMeta(client, index)
  if (found === undefined)
    throw new EngineError(`there is no index "${index}", which an action line names`, 404)
  ensureCompatible(index, found, meta.encoder)
  ensureSameLongTexts(index, found.longTexts, meta.longTexts)
  const [theirs, ours] = [found, meta].map((one) => showSparseFields(sparseFields(one)))
  if (theirs !== ours) throw new EngineError(`index "${index}" has vectors ${theirs}, not ${ours}`, 0)
}
