import type { EncoderIdentity } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { readBackingIndices } from '../engine/data-stream.js'
import { readIndexIds } from '../engine/index-settings.js'
import { ConfigurationError } from '../errors.js'
import { type LoadIdentity, readCheckpoint } from './checkpoint.js'
import type { IndexEvent } from './events.js'
import type { Settled } from './ledger.js'
import { type Partition, WHOLE } from './partition.js'

export interface CheckpointOptions {
  readonly index: string
  /**
   * File that says at any moment how far the run has come; it is gone once the run has ended. Default: none.
   */
  readonly checkpointFile?: string
  /** Go on from the checkpoint, if there is one. Default false: begin anew. */
  readonly resume?: boolean
  /** The share of this worker, where several read the same inputs. Default: all. */
  readonly partition?: Partition
  readonly onEvent?: (event: IndexEvent) => void
}

/**
 * What a checkpoint of this load must say to be one of it.
 *
 * @param stream the data stream that documents go to; undefined for an index
 * @param exists false where the index is still to be created: no checkpoint of an earlier one fits it
 */
export async function identifyLoad(
  client: EngineClient,
  { fingerprint }: EncoderIdentity,
  { index, partition = WHOLE }: CheckpointOptions,
  { stream, exists }: { readonly stream: string | undefined; readonly exists: boolean },
): Promise<LoadIdentity> {
  return {
    index,
    // An index that was deleted and created anew lacks all that the checkpoint counts as written.
    'index uuid': exists ? await identityOf(client, index, stream) : 'none, since there is no such index',
    'model fingerprint': fingerprint,
    partition: `${partition.number} of ${partition.of}`,
  }
}

/**
 * How far an earlier run of the load has come.
 *
 * @param identify gives what the checkpoint must say; asked only where there is one to be read
 * @returns undefined where the run begins at the beginning
 * @throws InputError for a checkpoint of another load, or of an index that is gone
 */
export async function readStart(
  { checkpointFile, resume, onEvent }: CheckpointOptions,
  identify: () => Promise<LoadIdentity>,
): Promise<Settled | undefined> {
  if (resume !== true) return undefined
  if (checkpointFile === undefined) throw new ConfigurationError('resume', 'needs a checkpointFile', resume)
  const start = await readCheckpoint(checkpointFile, await identify())
  if (start !== undefined) onEvent?.({ type: 'resumed', counts: start.counts })
  return start
}

/** A data stream has no identity of its own, and gets a new index with each rollover; its oldest one stays. */
async function identityOf(client: EngineClient, index: string, stream: string | undefined): Promise<string> {
  return stream === undefined
    ? readIndexIds(client, index)
    : (await readBackingIndices(client, stream))[0].uuid
}
