import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError } from '../errors.js'
import type { Input } from './readers/input.js'
import { type Origin, recordError } from './readers/origin.js'
import type { DocumentRecord } from './record.js'

/** How far an input has been dealt with, and what it held up to there. */
export interface InputPosition {
  /** As {@link positionName} gives it. */
  readonly name: string
  /** Records before this place, those of other partitions too. */
  readonly records: number
  /** SHA-256 over id and content of those records, one after the other; '' for none. */
  readonly digest: string
  /** Present where nothing comes behind. */
  readonly ended?: FileState
}

/** By what a file is taken for the same without being read; absent members for a stream. */
export interface FileState {
  readonly bytes?: number
  readonly modifiedMs?: number
}

/** A place in one of the inputs of a run. */
export interface ReadPosition {
  /** Which input, 0-based. */
  readonly input: number
  readonly at: InputPosition
}

/** Counts the records of one input and digests what they hold; passes over those of an earlier run. */
export class InputCursor {
  private records = 0
  private digest = ''

  /** @param start where an earlier run stopped */
  constructor(
    private readonly name: string,
    private readonly start?: InputPosition,
  ) {}

  /**
   * Takes the next record in.
   *
   * @returns true if an earlier run has dealt with it
   * @throws InputError at the last of those if they are not what they were
   */
  passes(record: Pick<DocumentRecord, 'id' | 'contentHash'>, origin: Origin): boolean {
    this.records += 1
    this.digest = chain(this.digest, record)
    const { start } = this
    if (start === undefined || this.records > start.records) return false
    if (this.records === start.records && this.digest !== start.digest) {
      throw recordError(
        origin,
        `is not what it was when the run stopped here, or one before it is not; ${WAY_OUT}`,
      )
    }
    return true
  }

  position(ended?: FileState): InputPosition {
    const { name, records, digest } = this
    return { name, records, digest, ...(ended !== undefined && { ended }) }
  }

  /** @throws InputError if the input ended before the place where an earlier run stopped */
  requireStart(): void {
    const expected = this.start?.records ?? 0
    if (this.records >= expected) return
    throw new InputError(
      this.name,
      undefined,
      `has ${this.records} records, but ${expected} of it were read before the run stopped; ${WAY_OUT}`,
    )
  }
}

const WAY_OUT =
  'the input or what is made of it has changed: run without --resume, which skips documents that are in the index already'

/** What an input is called in a checkpoint, wherever the command is run. */
export function positionName({ name, path }: Pick<Input, 'name' | 'path'>): string {
  return path === undefined ? name : resolve(path)
}

/** Size and time of change of a file; nothing of a stream. */
export async function fileState({ path }: Input): Promise<FileState> {
  if (path === undefined) return {}
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? {} : { bytes: found.size, modifiedMs: found.mtimeMs }
}

/** True if an input was read to its end, and is a file that has not been touched since. */
export function isUntouched(start: InputPosition | undefined, now: FileState): boolean {
  const then = start?.ended
  return then?.bytes !== undefined && then.bytes === now.bytes && then.modifiedMs === now.modifiedMs
}

function chain(digest: string, { id, contentHash }: Pick<DocumentRecord, 'id' | 'contentHash'>): string {
  return createHash('sha256').update(`${digest}\n${contentHash}\n${id}`).digest('hex')
}
