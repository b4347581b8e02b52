import type { EngineClient } from '../engine/client.js'
import { readBackingIndices } from '../engine/data-stream.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, member } from '../engine/json.js'
import { targetKey } from './bulk.js'
import {
  cannotTell,
  COMPARED_FIELDS,
  type ComparedRecord,
  isSameContent,
  toMultiGetItem,
} from './stored-in-index.js'

/** A document of a data stream that has the id of one that is to be written. */
export interface StoredInStream {
  /** With the same content, encoded by the same model. */
  readonly isSame: boolean
  readonly backingIndex: string
}

/** Lookups of one request: each document is looked for in every index of the stream. */
const LOOKUPS_AT_A_TIME = 5_000

/**
 * Which of these documents a data stream already has, in whichever of its indices: an index refuses an id that it has
 * itself, but knows nothing of those from before the last rollover. It is asked by `_mget`, which sees what was written
 * a moment ago as well; indices are named anew each time, since a rollover may happen at any moment.
 *
 * @returns by the documents' keys, as `targetKey` gives them; documents that are not there are left out
 * @throws EngineError, to be tried again, if an index cannot tell
 */
export async function findInStream(
  client: EngineClient,
  stream: string,
  fingerprint: string,
  records: readonly ComparedRecord[],
): Promise<ReadonlyMap<string, StoredInStream>> {
  if (records.length === 0) return new Map()
  const backing = (await readBackingIndices(client, stream)).map(({ name }) => name)
  const found = new Map<string, StoredInStream>()
  const step = Math.max(1, Math.floor(LOOKUPS_AT_A_TIME / backing.length))
  for (let start = 0; start < records.length; start += step) {
    const some = records.slice(start, start + step)
    const lookups = some.flatMap((record) => backing.map((index) => ({ record, index })))
    const answers = await ask(client, stream, lookups)
    for (const [position, { record, index }] of lookups.entries()) {
      const answer = answers[position]
      if (!isFound(answer, index)) continue
      const key = targetKey(record)
      const isSame = isSameContent(answer, record, fingerprint)
      if (isSame || !found.has(key)) found.set(key, { isSame, backingIndex: index })
    }
  }
  return found
}

interface Lookup {
  readonly record: ComparedRecord
  readonly index: string
}

/** @returns an answer for each lookup */
async function ask(
  client: EngineClient,
  stream: string,
  lookups: readonly Lookup[],
): Promise<readonly unknown[]> {
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(stream, '_mget'),
    query: {
      _source_includes: COMPARED_FIELDS,
      filter_path: 'docs.found,docs._source,docs.error',
    },
    body: { docs: lookups.map(({ record, index }) => toMultiGetItem({ ...record, index })) },
  })
  return arrayMember(body, 'docs')
}

function isFound(answer: unknown, index: string): boolean {
  const found = member(answer, 'found')
  if (typeof found === 'boolean') return found
  // Worth waiting for: a shard that moves, or whose node is away, cannot be asked for now.
  throw cannotTell(index, answer)
}
